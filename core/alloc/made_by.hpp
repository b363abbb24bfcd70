// MadeBy: a constructor's argument that says "the part is what this returns".
//
// A part that cannot move is built in its place; where a constructor makes it from arguments, a
// part that is itself an aggregate or made of parts is written
//
//   ParentSource<Fallback<Bump, Os>> source{1 << 20, MadeBy{[&] { return Fallback{...}; }}};
#pragma once

namespace heapatlas {

template <class F>
struct MadeBy {
  F make;
};

template <class F>
MadeBy(F) -> MadeBy<F>;

}  // namespace heapatlas
