#pragma once
// Text of a peer on its way into a message of ours. The builder writes every value through
// append_line_text, so that no peer can end a line of ours and begin another.
//  1. What append_line_text adds holds no CR and no LF, and a NUL only where RFC 3261 allows one.
//  2. A request with an unfit part is answered 400: what a dialog or a binding would take from it
//     cannot stand in a request.
// @source RFC 3261 §7.3.1 (folding), §25.1 (quoted-pair, the URIs)

#include <string>
#include <string_view>

#include "harness/sip/message.hpp"

namespace sipharness::sip {

/// Where the first NUL stands that is not the second half of a quoted-pair in a quoted string;
/// npos if nowhere. `lines` is one value or several header lines.
std::size_t find_stray_nul(std::string_view lines);

/// `value` behind `line`: folds are joined by one blank, a stray NUL becomes one.
void append_line_text(std::string_view value, std::string& line);

/// No blank and no control character: fit to be a URI, tag or Call-ID in a request of ours.
bool is_one_word(std::string_view text);

/// Whether Request-URI, a URI in From, To, Contact or Record-Route, a tag, the branch or the
/// Call-ID is more than one word, or a stray NUL stands among the headers.
bool has_unfit_part(const MessageView& request);

}  // namespace sipharness::sip
