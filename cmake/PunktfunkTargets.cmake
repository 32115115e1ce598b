# One target a folder. Every target sees src/ as its include root and compiles with the project's warnings.
include(CMakeParseArguments)

# punktfunk_library(NAME SOURCES ... [PUBLIC targets ...] [PRIVATE targets ...])
function(punktfunk_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE punktfunk_flags ${ARG_PRIVATE})
  target_include_directories(${name} PUBLIC "${CMAKE_SOURCE_DIR}/src")
endfunction()

# punktfunk_program(NAME SOURCES ... LINK targets ...)
function(punktfunk_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE punktfunk_flags ${ARG_LINK})
endfunction()

# punktfunk_test(NAME SOURCES ... LINK targets ... LABELS unit|loopback|integration [TIMEOUT seconds] [ONE_THREAD]
#                [READS_TREE sources ...])
# ONE_THREAD says that the program starts no thread, and is held to it when it is linked: a build with ThreadSanitizer,
# which has nothing to look for there, goes without it, and ctest runs others of its kind beside it. A program whose threads
# wait for one another has the machine to itself.
# Those of the sources that read files of the tree are named under READS_TREE and find it at PUNKTFUNK_SOURCE_DIR; the others
# compile to the same object in every checkout, which the compiler cache knows.
# A GoogleTest program, run by ctest as one test; gtest's own skips are reported as SKIPPED by tests/support.
function(punktfunk_test name)
  cmake_parse_arguments(ARG "ONE_THREAD" "TIMEOUT" "SOURCES;LINK;LABELS;READS_TREE" ${ARGN})
  if(ARG_ONE_THREAD AND PUNKTFUNK_SANITIZE MATCHES "thread")
    return()
  endif()
  punktfunk_program(${name} SOURCES ${ARG_SOURCES} LINK ${ARG_LINK} GTest::gtest GTest::gmock GTest::gtest_main)
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests")
  set_property(SOURCE ${ARG_READS_TREE} APPEND PROPERTY COMPILE_DEFINITIONS PUNKTFUNK_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
  if(NOT ARG_ONE_THREAD)
    set_tests_properties(${name} PROPERTIES RUN_SERIAL TRUE)
  endif()
  if(ARG_LABELS MATCHES "unit|loopback")
    add_dependencies(unit_and_loopback ${name})
  endif()
  if(ARG_ONE_THREAD AND NOT WIN32 AND NOT PUNKTFUNK_SANITIZE)
    add_custom_command(TARGET ${name} POST_BUILD VERBATIM COMMAND sh -c
      "if '${CMAKE_NM}' -u '$<TARGET_FILE:${name}>' | grep -E 'M_start_thread|pthread_create'; then echo '${name} starts threads: it is not ONE_THREAD'; exit 1; fi")
  endif()
endfunction()

# punktfunk_fuzzer(NAME SOURCES ... LINK targets ...): a libFuzzer target with its corpus in tests/fuzz/corpus/NAME, which
# ctest runs through once.
function(punktfunk_fuzzer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  punktfunk_program(${name} SOURCES ${ARG_SOURCES} LINK ${ARG_LINK})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests")
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_test(NAME ${name} COMMAND ${name} -runs=0 "${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name}")
  set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 300)
  set_property(GLOBAL APPEND PROPERTY PUNKTFUNK_FUZZERS ${name})
endfunction()

# Optional parts say here whether they are in and why not; printed at the end of the configure run.
function(punktfunk_note text)
  set_property(GLOBAL APPEND PROPERTY PUNKTFUNK_NOTES "${text}")
endfunction()

function(punktfunk_print_summary)
  message(STATUS "punktfunk ${PROJECT_VERSION}: control=${PUNKTFUNK_CONTROL} host=${PUNKTFUNK_HOST} client=${PUNKTFUNK_CLIENT} "
                 "tests=${PUNKTFUNK_TESTS} fuzz=${PUNKTFUNK_FUZZ} bench=${PUNKTFUNK_BENCH} crypto=${PUNKTFUNK_CRYPTO} sanitize=${PUNKTFUNK_SANITIZE}")
  get_property(notes GLOBAL PROPERTY PUNKTFUNK_NOTES)
  foreach(note IN LISTS notes)
    message(STATUS "  ${note}")
  endforeach()
endfunction()
