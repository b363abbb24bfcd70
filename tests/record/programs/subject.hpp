// The program that the recorder's tests record: one behaviour for each name.
#pragma once

#include <cstddef>

namespace subject {

struct Behaviour {
  const char* name;
  int (*run)(int argc, char** argv);  ///< of what follows the name
};

/// Blocks of these sizes are what a test looks for; nothing else in a program has them.
inline constexpr std::size_t first_size = 100001;

/// Keeps the compiler from seeing that a block is not used.
inline void* use(void* block) {
  asm volatile("" : : "r"(block) : "memory");
  return block;
}

extern const Behaviour calls[];
extern const Behaviour endings[];
extern const Behaviour processes[];
extern const Behaviour threads[];

}  // namespace subject
