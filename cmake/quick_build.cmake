# A clean build in half the time (docs/decisions/003): the headers that most files include are compiled once, one set
# for libraries and one for tests, which are compiled -fPIE; and several files of a target are compiled as one.
# A file still includes what it uses and stands alone: the dev preset builds without this and shows one that doesn't.
function(hancock_precompiled target header)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${target}.cc CONTENT "")
  add_library(${target} OBJECT ${CMAKE_BINARY_DIR}/${target}.cc)
  target_link_libraries(${target} PRIVATE hancock_options fmt::fmt spdlog::spdlog nlohmann_json::nlohmann_json ${ARGN})
  target_compile_options(${target} PRIVATE -fpch-preprocess)
  target_precompile_headers(${target} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/${header})
endfunction()

function(hancock_quick_build target headers)
  if(HANCOCK_QUICK_BUILD)
    target_precompile_headers(${target} REUSE_FROM ${headers})
    # A coroutine's frame holds what is local to a file, which is not the one that is compiled: no harm.
    target_compile_options(${target} PRIVATE -fpch-preprocess -Wno-subobject-linkage)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 32)
  endif()
endfunction()

if(HANCOCK_QUICK_BUILD)
  hancock_precompiled(hancock_precompiled precompiled.h)
  if(HANCOCK_TESTS)
    hancock_precompiled(hancock_precompiled_test precompiled_test.h GTest::gmock GTest::gtest)
    set_target_properties(hancock_precompiled_test PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(hancock_precompiled_test PRIVATE -fPIE)
  endif()
endif()
