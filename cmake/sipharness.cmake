# One folder is one target: sources are whatever .cpp files the folder holds.

add_library(sipharness_options INTERFACE)
target_compile_options(sipharness_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Werror)
target_include_directories(sipharness_options INTERFACE ${PROJECT_SOURCE_DIR})
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # This warning is about headers, and takes every included source for one.
  target_compile_options(sipharness_options INTERFACE -Wno-subobject-linkage)
endif()
# GCC takes a tenth less time if it collects its garbage later, and up to 0.3 GB more: where each unit
# has room enough, of which Ninja compiles two more than there are processors.
cmake_host_system_information(RESULT sipharness_megabytes QUERY TOTAL_PHYSICAL_MEMORY)
cmake_host_system_information(RESULT sipharness_processors QUERY NUMBER_OF_LOGICAL_CORES)
math(EXPR sipharness_share "${sipharness_megabytes} / (${sipharness_processors} + 2)")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND sipharness_share GREATER 1500)
  target_compile_options(sipharness_options INTERFACE --param=ggc-min-heapsize=524288)
endif()
if(SIPHARNESS_SANITIZE)
  target_compile_options(sipharness_options INTERFACE
    -fsanitize=${SIPHARNESS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    # Asked at every access, so a call and data for a message each are a third of the build time. The
    # report of a trap names the line, too.
    -fsanitize-trap=null,alignment
    -fno-sanitize=vptr)  # it looks into memory through a pipe, and takes offence if none can be had
  # At a fixed address: an instrumented program has so many addresses in it that to relocate them
  # is half of its start, and tests start thousands.
  target_link_options(sipharness_options INTERFACE
    -fsanitize=${SIPHARNESS_SANITIZE} -fuse-ld=lld -no-pie)
endif()
if(SIPHARNESS_FUZZER)
  target_compile_options(sipharness_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# What nearly every source includes and takes longest to read; compiled once for all modules and
# once for all test programs (sources still name what they use).
set(sipharness_common_headers <algorithm> <array> <functional> <map> <memory> <optional> <string>
  <string_view> <utility> <variant> <vector> <fmt/format.h> <tl/expected.hpp>)

# sipharness_precompile(TARGET OWNER HEADER...): the OWNER compiles the headers, others reuse them.
function(sipharness_precompile target owner)
  if(target STREQUAL owner)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  else()
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()

# Sources edited in this clone since the build folder was made, as ./dev notes them.
set(sipharness_edited_list ${PROJECT_BINARY_DIR}/edited_sources)
if(NOT EXISTS ${sipharness_edited_list})
  file(TOUCH ${sipharness_edited_list})
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sipharness_edited_list})
file(STRINGS ${sipharness_edited_list} sipharness_edited)

# A unit of so many sources takes a tenth to a fifth less time than two, which read the same headers
# again, and up to 0.7 GB of Clang and 1.2 GB of GCC.
set(sipharness_unit 72)

# sipharness_unite(TARGET ALONE APART SOURCE...): in a unity build, which the presets ask for, many
# sources are one unit, so names in their anonymous namespaces must differ. Alone stay those that are
# edited, as they are compiled again and again, and those that match the first pattern, as they give
# the same short names to things of their own. A unit apart are those that match the second.
function(sipharness_unite target alone apart)
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  list(LENGTH ARGN count)
  math(EXPR units "(${count} + ${sipharness_unit} - 1) / ${sipharness_unit}")
  set(position 0)
  foreach(source ${ARGN})
    math(EXPR group "${position} * ${units} / ${count}")
    math(EXPR position "${position} + 1")
    file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR} ${source})
    if(apart AND name MATCHES "${apart}")
      set(group apart)
    endif()
    if(NOT name IN_LIST sipharness_edited AND NOT (alone AND name MATCHES "${alone}"))
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
    endif()
  endforeach()
endfunction()

# sipharness_cold(TARGET): what runs once for a command or a run needs little of the optimiser, which
# takes a third of its build time. Clang takes -Og for -O1; of GCC it takes a sixth less, and no command
# takes longer for it. With -O0 all would: of a template that both use, the linker keeps the slow copy.
# Clang inlines only what makes no body longer, which saves a sixteenth to a quarter more.
function(sipharness_cold target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-Og
    $<$<CXX_COMPILER_ID:Clang>:SHELL:-mllvm -inline-threshold=0>>)
endfunction()

# sipharness_module(FOLDER COLD USES module... LINKS library... ALONE pattern APART pattern): a library
# named after the folder.
function(sipharness_module folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "COLD" "ALONE;APART" "USES;LINKS")
  get_filename_component(name ${folder} NAME)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  list(TRANSFORM arg_USES PREPEND sipharness_)
  if(sources)
    add_library(sipharness_${name} STATIC ${sources})
    if(arg_COLD)
      sipharness_cold(sipharness_${name})
    endif()
    sipharness_unite(sipharness_${name} "${arg_ALONE}" "${arg_APART}" ${sources})
    target_link_libraries(sipharness_${name}
      PUBLIC sipharness_options ${arg_USES} ${arg_LINKS})
    sipharness_precompile(sipharness_${name} sipharness_base ${sipharness_common_headers})
  else()
    add_library(sipharness_${name} INTERFACE)
    target_link_libraries(sipharness_${name}
      INTERFACE sipharness_options ${arg_USES} ${arg_LINKS})
  endif()
endfunction()

# sipharness_embed(TARGET FOLDER FORM FILE...): FOLDER/FORM is a source in which @NAME_EXT@ stands for
# the text of the file NAME.EXT beside it.
function(sipharness_embed target folder form)
  foreach(file ${ARGN})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/${file})
    string(REPLACE "." "_" name ${file})
    file(READ ${PROJECT_SOURCE_DIR}/${folder}/${file} ${name})
  endforeach()
  string(REPLACE ".in" "" source ${form})
  configure_file(${folder}/${form} ${PROJECT_BINARY_DIR}/${folder}/${source} @ONLY)
  target_sources(${target} PRIVATE ${PROJECT_BINARY_DIR}/${folder}/${source})
endfunction()

# sipharness_program(FOLDER ...): the executable `sipharness`, at the top of the build folder.
function(sipharness_program folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "USES;LINKS")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  list(TRANSFORM arg_USES PREPEND sipharness_)
  if(NOT sources)
    return()
  endif()
  add_executable(sipharness ${sources})
  sipharness_cold(sipharness)
  sipharness_unite(sipharness "" "" ${sources})
  target_link_libraries(sipharness PRIVATE sipharness_options ${arg_USES} ${arg_LINKS})
  sipharness_precompile(sipharness sipharness_base)
  set(source ${PROJECT_BINARY_DIR}/generated/commit.cpp)
  set(write ${CMAKE_COMMAND} -D SOURCE=${PROJECT_SOURCE_DIR} -D FILE=${source}
    -P ${PROJECT_SOURCE_DIR}/cmake/commit.cmake)
  execute_process(COMMAND ${write})
  add_custom_target(sipharness_commit COMMAND ${write} BYPRODUCTS ${source} VERBATIM)
  add_dependencies(sipharness sipharness_commit)
  target_sources(sipharness PRIVATE ${source})
  set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  set_target_properties(sipharness PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endfunction()

# sipharness_discover_suites(PROGRAM): CTest runs each suite of a test program as one process. One for
# each of 2,500 tests, as gtest_discover_tests() has it, takes longer to start than to run,
# sanitizers above all.
function(sipharness_discover_suites program)
  set(file ${CMAKE_CURRENT_BINARY_DIR}/${program}_suites.cmake)
  add_custom_command(TARGET ${program} POST_BUILD BYPRODUCTS ${file} VERBATIM
    COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:${program}> -D NAME=${program} -D FILE=${file}
      -P ${PROJECT_SOURCE_DIR}/cmake/discover_suites.cmake)
  set(include ${CMAKE_CURRENT_BINARY_DIR}/${program}_include.cmake)
  file(WRITE ${include} "if(EXISTS \"${file}\")\n  include(\"${file}\")\nelse()\n"
    "  add_test(${program}_NOT_BUILT ${program}_NOT_BUILT)\nendif()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${include})
endfunction()

# sipharness_test(FOLDER USES module... ALONE pattern EACH_INCLUDES header): one test program for
# tests/FOLDER, found by CTest. A header that each of many sources includes is compiled once.
function(sipharness_test folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "ALONE;EACH_INCLUDES" "USES;LINKS")
  get_filename_component(name ${folder} NAME)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
  if(NOT sources)
    return()
  endif()
  list(TRANSFORM arg_USES PREPEND sipharness_)
  add_executable(test_${name} ${sources})
  sipharness_unite(test_${name} "${arg_ALONE}" "" ${sources})
  target_link_libraries(test_${name} PRIVATE sipharness_options ${arg_USES} ${arg_LINKS}
    GTest::gmock GTest::gtest_main)
  # Tests are compiled far more often than they run: half the build time goes with the optimiser.
  target_compile_options(test_${name} PRIVATE -O0)
  set(owner test_base)
  if(arg_EACH_INCLUDES)
    set(owner test_${name})
  endif()
  sipharness_precompile(test_${name} ${owner}
    ${sipharness_common_headers} <set> <gmock/gmock.h> <gtest/gtest.h> ${arg_EACH_INCLUDES})
  sipharness_discover_suites(test_${name})
endfunction()
