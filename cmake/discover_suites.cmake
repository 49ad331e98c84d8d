# Run after a test program is linked: writes a CTest file with one test for each of its suites.
# -D PROGRAM, -D NAME, -D FILE

# The limit is long: the gate builds in idle processes, which may have to wait for a processor.
execute_process(COMMAND ${PROGRAM} --gtest_list_tests
  OUTPUT_VARIABLE listed RESULT_VARIABLE failed TIMEOUT 600)
if(failed)
  message(FATAL_ERROR "${PROGRAM} does not list its tests: ${failed}")
endif()

# A suite stands at the beginning of a line and ends with a dot: "Suite/0.  # TypeParam = int".
string(REGEX MATCHALL "(^|\n)[A-Za-z_0-9/]+\\." suites "${listed}")
set(text "")
foreach(suite ${suites})
  string(REGEX REPLACE "[\n.]" "" suite "${suite}")
  string(APPEND text
    "add_test([=[${NAME}.${suite}]=] [==[${PROGRAM}]==] [==[--gtest_filter=${suite}.*]==])\n"
    # Skipped only if nothing failed beside what was skipped: the summary ends with what failed.
    "set_tests_properties([=[${NAME}.${suite}]=] PROPERTIES TIMEOUT 300"
    " SKIP_REGULAR_EXPRESSION [==[\\[  SKIPPED \\][^\n]*\n*$]==])\n")
endforeach()
file(WRITE ${FILE} "${text}")
