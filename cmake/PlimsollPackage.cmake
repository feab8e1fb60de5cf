# What is installed, and the Debian package made of it: tool, service, library with its headers, CMake and pkg-config files.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(folders GLOBAL PROPERTY PLIM_FOLDERS)
set(targets plimsoll_warnings)
set(PLIM_LIBS "")
foreach(folder IN LISTS folders)
  list(APPEND targets plimsoll_${folder})
  set_target_properties(plimsoll_${folder} PROPERTIES EXPORT_NAME ${folder})
  get_target_property(type plimsoll_${folder} TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    string(PREPEND PLIM_LIBS "-lplimsoll_${folder} ")  # the last folder needs all those before it
  endif()
  install(DIRECTORY "${CMAKE_SOURCE_DIR}/src/plimsoll/${folder}" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/plimsoll FILES_MATCHING PATTERN "*.hpp")
endforeach()
set_target_properties(plimsoll_warnings PROPERTIES EXPORT_NAME warnings)

install(TARGETS plimsoll plimsolld RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS ${targets} EXPORT plimsollTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT plimsollTargets NAMESPACE plimsoll:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/plimsoll)
write_basic_package_version_file("${CMAKE_BINARY_DIR}/plimsollConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_SOURCE_DIR}/packaging/plimsollConfig.cmake" "${CMAKE_BINARY_DIR}/plimsollConfigVersion.cmake"
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/plimsoll)
configure_file("${CMAKE_SOURCE_DIR}/packaging/plimsoll.pc.in" "${CMAKE_BINARY_DIR}/plimsoll.pc" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/plimsoll.pc" DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(DIRECTORY params incidents DESTINATION ${CMAKE_INSTALL_DATADIR}/plimsoll)
install(FILES packaging/plimsolld.service DESTINATION lib/systemd/system)
install(FILES packaging/plimsolld.toml DESTINATION /etc/plimsoll)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME plimsoll)
set(CPACK_PACKAGE_VENDOR plimsoll)
set(CPACK_PACKAGE_CONTACT "the plimsoll maintainers <plimsoll@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Margin engine whose requirement grows with the size and risk of a position")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)  # what the programs load; the rest is what the headers and the archives need
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS 
    "libboost1.81-dev, libboost-json1.81-dev, libssl-dev, libtomlplusplus-dev, libcli11-dev, libfmt-dev, libexpected-dev, libxxhash-dev, prometheus-cpp-dev, libnlopt-dev, libzstd-dev, zlib1g-dev")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${CMAKE_SOURCE_DIR}/packaging/conffiles" "${CMAKE_SOURCE_DIR}/packaging/postinst" "${CMAKE_SOURCE_DIR}/packaging/prerm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_OUTPUT_FILE_PREFIX "${CMAKE_SOURCE_DIR}/out")
include(CPack)
