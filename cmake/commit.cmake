# Run in every build: writes a source with the commit (harness/cli/version_line.hpp) if it is another
# one than before.
# -D SOURCE, -D FILE

execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(commit "")
endif()
set(text "#include \"harness/cli/version_line.hpp\"\n
const std::string_view sipharness::cli::commit = \"${commit}\";\n")
set(known "")
if(EXISTS ${FILE})
  file(READ ${FILE} known)
endif()
if(NOT known STREQUAL text)
  file(WRITE ${FILE} "${text}")
endif()
