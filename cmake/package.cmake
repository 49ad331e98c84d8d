# What is installed, and the Debian package that `cpack` makes of it in the build folder.

include(GNUInstallDirs)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # the tests are not installed

if(TARGET sipharness)
  install(TARGETS sipharness RUNTIME)
  # The manual page and the completions, as the program prints them.
  foreach(page "man;share/man/man1;sipharness.1" "bash;share/bash-completion/completions;sipharness"
          "zsh;share/zsh/vendor-completions;_sipharness")
    list(GET page 0 what)
    list(GET page 1 folder)
    list(GET page 2 name)
    install(CODE "execute_process(COMMAND \"$<TARGET_FILE:sipharness>\" manual ${what}
      OUTPUT_FILE \"${PROJECT_BINARY_DIR}/generated/${name}.${what}\" COMMAND_ERROR_IS_FATAL ANY)")
    install(FILES ${PROJECT_BINARY_DIR}/generated/${name}.${what} DESTINATION ${folder} RENAME ${name})
  endforeach()
endif()
install(DIRECTORY scenarios/ DESTINATION ${CMAKE_INSTALL_DATADIR}/sipharness/scenarios)
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES cmake/debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "sipharness maintainers <maintainers@sipharness.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libcap2-bin, passwd")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/cmake/debian/postinst)
include(CPack)
