#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A file that is covered and uncovered by a bind mount in another mount namespace, between the check
and the use of its name: found where the mount propagates to who uses it, and only there.

What the user's own /proc/self/mountinfo shows meanwhile is the ground truth.
"""
import host_programs
import vm_test_case

# busybox's unshare cannot leave the propagation unchanged, and its setpriv changes no user.
PROGRAMS = {"setpriv": "util-linux", "unshare": "util-linux"}
SCRIPT = r"""
cat >/bin/user <<'END'
#!/bin/sh
[ -r /tmp/w/a ]; : >/tmp/checked
until [ -e /tmp/covered ]; do sleep 0.1; done
grep -c ' /tmp/w/a ' /proc/self/mountinfo; : >/tmp/looked
until [ -e /tmp/uncovered ]; do sleep 0.1; done
echo >>/tmp/w/a
END
cat >/bin/other <<'END'
#!/bin/sh
until [ -e /tmp/checked ]; do sleep 0.1; done
mount --bind /tmp/w/b /tmp/w/a; : >/tmp/covered
until [ -e /tmp/looked ]; do sleep 0.1; done
umount /tmp/w/a; : >/tmp/uncovered
END
cat >/bin/both <<'END'
#!/bin/sh
mount --make-rshared /
user &
/usr/bin/unshare -m --propagation "$1" /usr/bin/setpriv --reuid 1000 --inh-caps +sys_admin \
    --ambient-caps +sys_admin /bin/other || kill $!
wait
END
chmod +x /bin/user /bin/other /bin/both
mkdir /tmp/w; : >/tmp/w/a; : >/tmp/w/b; chown 1000 /tmp/w /tmp/w/a /tmp/w/b
for propagation in unchanged shared private slave; do
    rm -f /tmp/checked /tmp/covered /tmp/looked /tmp/uncovered
    tocsin-record -q --source lsm -o $propagation.tocsin -- both $propagation >$propagation.out
done
"""
PROPAGATES = {"unchanged": True, "shared": True, "private": False, "slave": False}


class MountPropagation(vm_test_case.VmTestCase):
    def test_it_decides_what_is_found(self):
        tree = host_programs.programs(PROGRAMS)
        for kernel in vm_test_case.KERNELS:
            files = self.run_in(kernel, "sh", "-c", SCRIPT, tree=tree).files
            for propagation, is_seen in PROPAGATES.items():
                with self.subTest(kernel=kernel, propagation=propagation):
                    shown = (files / f"{propagation}.out").read_text().split()
                    self.assertEqual(shown, ["1" if is_seen else "0"])
                    trace = files / f"{propagation}.tocsin"
                    found = [(finding["rule"], finding["call"]["name"],
                              finding["race"]["name"]["text"])
                             for finding in vm_test_case.findings(trace)]
                    self.assertEqual(found, [("F3", "openat", "/tmp/w/a")] if is_seen else [])
                    names = vm_test_case.report(trace)["coverage"]["names"]
                    self.assertEqual(names["of_unknown_mounts"], 0)


if __name__ == "__main__":
    vm_test_case.main(PROGRAMS)
