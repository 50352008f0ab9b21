# SPDX-License-Identifier: Apache-2.0
#
# The contents of a Tocsin trace. Every zstd frame of the file is one Chunk, every skippable
# frame's payload ends with a Header, ChunkHeader or Seal (chunk_file.h has the framing):
#   zstd -dc FILE | capnp decode formats/trace.capnp Chunk
#
# Events are columns: one list per field, all of equal length, with tables per chunk for what
# repeats. Names and arguments are Data: they may hold any byte.
@0xd3f2a4c86b1e5970;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("tocsin::schema");

struct Chunk {
  union {
    events @0 :EventChunk;       # of one CPU
    snapshot @1 :EventChunk;     # tasks found at the start
    loss @2 :Loss;
    clock @3 :ClockSample;
  }
}

struct EventChunk {
  cpu @0 :UInt16;
  firstTime @1 :UInt64;          # CLOCK_BOOTTIME ns
  firstSequence @2 :UInt64;
  firstCall @3 :UInt64;         # number of the first call of this CPU

  # One entry per event.
  deltaTime @4 :List(Int32);     # to the event before
  sequenceGap @5 :List(UInt32);  # records missing before this one
  kind @6 :List(UInt8);
  code @7 :List(UInt16);         # system call, hook, 1 for a process's last thread; of a
                                 # fork 1: shares descriptors, 2: cwd and root, 4: memory
  task @8 :List(UInt16);
  callDelta @9 :List(Int32);     # number minus the greatest before; -2^31: none, -2^31+1: far
  viewCount @10 :List(UInt8);
  objectCount @11 :List(UInt8);

  # In the order in which events need them.
  value @12 :List(Int64);        # result, exit status or the hook's detail
  farCallCpu @13 :List(UInt16);
  farCallNumber @14 :List(UInt64);
  otherTask @15 :List(UInt16);   # child or parent; 2^16-1: none

  # One entry per view of an operand.
  viewOperand @16 :List(UInt8);  # kind << 4 | argument; argument 15: not known
  viewFlags @17 :List(UInt8);    # 1 cut, 2 from a descriptor, 4 no bytes, 8 see oddError,
                                 # 16 the kind is 16 more

  # In the order in which views need them.
  claimRegister @18 :List(UInt64);  # the argument itself; the kernel's copies have none
  viewBytes @19 :List(UInt16);   # index into the strings
  oddError @20 :List(UInt16);    # errno; where it or the length in memory is not what the
  oddLength @21 :List(UInt32);   # bytes alone say: 0 and theirs

  # One entry per object that an event names.
  objectRole @22 :List(UInt8);
  objectNode @23 :List(UInt16);

  # Tables.
  tasks @24 :List(Task);
  nodes @25 :List(Node);
  stringLengths @26 :List(UInt32);
  stringBytes @27 :Data;
}

struct Task {
  tgid @0 :Int32;
  tid @1 :Int32;
  started @2 :UInt64;            # CLOCK_BOOTTIME ns
  uid @3 :UInt32;
  euid @4 :UInt32;
  suid @5 :UInt32;
  fsuid @6 :UInt32;
  gid @7 :UInt32;
  egid @8 :UInt32;
  sgid @9 :UInt32;
  fsgid @10 :UInt32;
  permitted @11 :UInt64;
  effective @12 :UInt64;
  userNamespace @13 :UInt32;
  mountNamespace @14 :UInt32;
  pidNamespace @15 :UInt32;
  abi @16 :UInt8;
  comm @17 :UInt16;              # index into the strings
}

struct Node {
  device @0 :UInt64;
  inode @1 :UInt64;
  generation @2 :UInt32;
  mode @3 :UInt32;
  uid @4 :UInt32;
  gid @5 :UInt32;
  links @6 :UInt32;
  mount @7 :UInt32;
  name @8 :UInt16;               # index into the strings
  parent @9 :UInt16;             # an earlier node; 2^16-1: none
  cut @10 :Bool;
}

struct Loss {
  time @0 :UInt64;
  events @1 :UInt64;
  counts @2 :List(UInt64);       # cumulative, by LossCause
}

struct ClockSample {
  time @0 :UInt64;
  uncertainty @1 :UInt64;
  realtime @2 :Int64;
  monotonic @3 :Int64;
  tai @4 :Int64;
  adjtimexStatus @5 :Int32;
}

struct Header {
  formatVersion @0 :UInt16;
  recorderVersion @1 :Text;
  host @2 :Text;
  kernelRelease @3 :Text;
  kernelVersion @4 :Text;
  machine @5 :Text;
  bootId @6 :Text;
  cpus @7 :UInt16;
  options @8 :List(Text);        # the recorder's command line
  hooks @9 :List(HookStatus);
  sysctls @10 :List(Setting);

  struct HookStatus {
    name @0 :Text;
    source @1 :Text;
    refusal @2 :Text;            # empty: in use
  }
  struct Setting {
    name @0 :Text;
    value @1 :Text;
  }
}

struct ChunkHeader {
  number @0 :UInt64;             # from 0, without gaps
  kind @1 :UInt16;               # the Chunk's union tag
  cpu @2 :UInt16;
  firstTime @3 :UInt64;
  lastTime @4 :UInt64;
  events @5 :UInt32;
  compressedBytes @6 :UInt32;
  plainBytes @7 :UInt32;
  previousHash @8 :Data;         # SHA-256: the chain up to the chunk before
  lost @9 :List(UInt64);         # cumulative, by LossCause: survives a lost chunk
  processes @10 :List(Int32);    # ids that its tasks have, ascending; none: not stated
}

struct Seal {
  reason @0 :Text;               # stopped, command-exited, duration-over, disk-full, ...
  chunks @1 :UInt64;
  events @2 :UInt64;
  finalHash @3 :Data;
  lost @4 :List(UInt64);
}
