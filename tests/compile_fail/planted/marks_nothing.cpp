// ARCH_003: planted for the self-test of try.cmake, not a misuse
#ifndef PLIM_CONTROL
int five() { return nothing; }
#endif
