#pragma once
// The heap in large pages. Judging a large capture fills a hundred megabytes that are read and
// written in no order: with pages of 4 KiB it waits for page faults and page tables.

namespace sipharness::host {

/// Has the heap grow by much at once, and asks the kernel for pages of 2 MiB there. Once, before
/// anything else. It costs address space only; where that is limited (ulimit -v), or where there
/// are no such pages, nothing changes.
void use_large_pages();

}  // namespace sipharness::host
