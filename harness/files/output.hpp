#pragma once
// What is written as a whole: the files of a run folder, and the results a person asks for, who may
// name anything a shell could redirect to.
//  1. A regular file, and one that is not there yet, is replaced: written beside its place under a
//     name that nobody knows, then renamed; whoever reads it sees the old or the new one. It keeps
//     its mode and owner. A link stays, and what it names is replaced.
//  2. Anything else (a device, a pipe) is written in place, and so is a file whose folder takes no
//     other beside it. What leads to a descriptor of this process, such as /dev/stdout, is that.
//  3. Every error is a SetupError with the path as it was given. A half-written file is removed.

#include <cstdint>
#include <string>
#include <string_view>

namespace sipharness::files {

class Output {
 public:
  /// "-" is standard output. Follows links as the kernel would; touches nothing.
  explicit Output(std::string path);

  bool is_standard_output() const;
  /// Whether both would replace one file, be it there or not.
  bool is_same_file(const Output& other) const;
  /// Whether this file, if it is one, would be replaced.
  bool would_replace(const std::string& file) const;

  /// Finds out whether write() will work, with room for a result, and leaves nothing behind.
  void try_out() const;
  /// With `durable` it is on the disk and not only on its way there.
  void write(std::string_view text, bool durable = false) const;

 private:
  enum class Way : std::uint8_t { replaced, in_place, descriptor };

  void follow_links();
  void replace(std::string_view text, bool durable) const;
  void write_in_place(std::string_view text) const;
  void write_to(int descriptor, std::string_view text) const;
  void demand(int permission) const;
  [[noreturn]] void fail(int error) const;

  std::string path_;   ///< as it was given
  std::string place_;  ///< after all links
  int descriptor_ = -1;
  Way way_ = Way::replaced;
  bool exists_ = false;
};

/// All of it to a descriptor, also to one that takes no more at the moment; zero, or an errno.
int write_all(int descriptor, std::string_view text);

}  // namespace sipharness::files
