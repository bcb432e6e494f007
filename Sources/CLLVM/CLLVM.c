#include "CLLVM.h"

#if !defined(LLVM_VERSION_MAJOR) || LLVM_VERSION_MAJOR != 19
#error "CLLVM needs the headers of LLVM 19: install llvm-19-dev"
#endif
