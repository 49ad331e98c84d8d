# What is installed, and the Debian package that `cpack` makes of it in the build folder.

include(GNUInstallDirs)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # the tests are not installed

# sipharness_install_output(COMMAND FOLDER NAME): what a command of the shell prints is a file there.
function(sipharness_install_output command folder name)
  set(file ${PROJECT_BINARY_DIR}/generated/${name}.installed)
  install(CODE "execute_process(COMMAND sh -c [==[${command}]==] OUTPUT_FILE \"${file}\"
    COMMAND_ERROR_IS_FATAL ANY)")
  install(FILES ${file} DESTINATION ${folder} RENAME ${name})
endfunction()

if(TARGET sipharness)
  install(TARGETS sipharness RUNTIME)
  # As the program prints them.
  set(manual "'$<TARGET_FILE:sipharness>' manual")
  sipharness_install_output("${manual} man | gzip -9n" share/man/man1 sipharness.1.gz)
  sipharness_install_output("${manual} bash" share/bash-completion/completions sipharness)
  sipharness_install_output("${manual} zsh" share/zsh/vendor-completions _sipharness)
endif()
install(DIRECTORY scenarios/ DESTINATION ${CMAKE_INSTALL_DATADIR}/sipharness/scenarios)
sipharness_install_output("gzip -9nc '${PROJECT_SOURCE_DIR}/CHANGELOG.md'" ${CMAKE_INSTALL_DOCDIR}
  changelog.gz)
install(FILES README.md cmake/debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "sipharness maintainers <maintainers@sipharness.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION "Stages outages of SIP servers around a phone, captures what it does, and
judges the capture against RFC 3261 and the rules of failover. Judges captures
from elsewhere too, and compares firmware with firmware.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libcap2-bin, passwd")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/cmake/debian/postinst)
include(CPack)
