'use strict';
// What the pages share. What came from outside is data: it reaches the document as text only.

let data = JSON.parse(document.getElementById('data').textContent);

/** An element with attributes and children; a string becomes text. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  return furnish(made, attributes, children);
}

function drawing(name, attributes = {}, ...children) {
  return furnish(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

/** What controls a terminal or turns the direction of writing round, spelt out as the console does. */
function visible(text) {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/g,
    (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function furnish(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : key === 'href' ? value : visible(String(value)));
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== '').map((child) => (typeof child === 'string' ? visible(child) : child)));
  return made;
}

/** Puts children under the heading of a section, if it has one, in place of what stood there. */
function fill(id, ...children) {
  const place = document.getElementById(id);
  place.replaceChildren(...place.querySelectorAll(':scope > h2'));
  furnish(place, {}, children);
}

const section = (id) => document.getElementById(id);
const seconds = (value, digits = 3) => `${value.toFixed(digits)} s`;
const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
const words = (verdict) => verdict.replace('_', ' ');
/** Each step of a path is a name: no character of it can make an address of another kind. */
const reference = (path) => path.split('/').map((name) => encodeURIComponent(name)).join('/');
