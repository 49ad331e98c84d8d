#pragma once
// How many descriptors this process may have, and the part of them that is kept for the harness
// itself: a flood of connections must not leave it without one for a program to start or a port to
// open again.

namespace sipharness::host {

/// Raises the soft limit to the hard one. Programs started later get the old one back.
void raise_descriptor_limit();

/// Of this process now.
int descriptor_limit();
/// For programs that the harness starts: the limit before it was raised. Between fork and exec.
void restore_descriptor_limit();

/// Whether `descriptor`, the lowest that was free, is among those that are kept back.
bool is_kept_back(int descriptor);

}  // namespace sipharness::host
