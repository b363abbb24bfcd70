// subject BEHAVIOUR ARGUMENT...
#include "tests/record/programs/subject.hpp"

#include <cstdio>
#include <cstring>
#include <initializer_list>

int main(int argc, char** argv) {
  for (const subject::Behaviour* group :
       {subject::calls, subject::endings, subject::processes, subject::threads}) {
    for (const subject::Behaviour* one = group; argc > 1 && one->name != nullptr; ++one) {
      if (std::strcmp(one->name, argv[1]) == 0) return one->run(argc - 2, argv + 2);
    }
  }
  std::fprintf(stderr, "subject: no such behaviour\n");
  return 99;
}
