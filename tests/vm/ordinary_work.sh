#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What users, builds and administrators do all day, by Debian's programs: nothing here is an attack.
# Stops, with a status other than 0, at the first program that fails.
set -eu
[ -e /etc/tocsin-vm ] || { echo "this is for a scratch machine" >&2; exit 1; }
export LC_ALL=C HOME=/root GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@suspect
export GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@suspect
TREE_FOLDERS="1 2 3 4 5 6 7 8 9 10 11 12 13 14 15"
TREE_FILES="1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20"

# A tree of 300 files, with a symbolic and a hard link in each folder.
make_tree() {
    for folder in $TREE_FOLDERS; do
        mkdir -p "$1/part$folder/deep"
        for file in $TREE_FILES; do
            echo "$folder $file" > "$1/part$folder/deep/file$file"
        done
        ln -s deep/file1 "$1/part$folder/symlink"
        ln "$1/part$folder/deep/file2" "$1/part$folder/hard_link"
    done
}

archives() {
    make_tree tree
    tar -cf tree.tar tree
    tar -czf tree.tar.gz tree
    mkdir extracted
    tar -xf tree.tar -C extracted
    tar -xzf tree.tar.gz -C extracted --overwrite
    diff -r tree extracted/tree
    cp -a tree copied
    diff -r tree copied
    tar -tf tree.tar | sort -o tree.list
    test "$(wc -l < tree.list)" = 361
}

searches() {
    find / -xdev > everything
    find / -xdev -type f -newer tree.tar -size -2 > small
    find copied -name 'file1*' -print0 | xargs -0 cat > gathered
    find copied -name 'file20' -exec touch {} +
    find copied -name 'file3' -exec stat -c %i {} \; > inodes
    grep -r '^7 ' tree > sevens
    ls -lR tree > listing
    bash -c 'for file in tree/*/deep/file1; do read -r a b < "$file"; echo "$b $a"; done' > swapped
    du -s tree copied > sizes
}

versions() {
    git init --quiet --template= --initial-branch=main repository
    cd repository
    cp -r ../tree/part1 ../tree/part2 ../tree/part3 .
    git add .
    git commit --quiet --message first
    git branch other
    echo "on main" > part1/deep/file5
    git rm --quiet part1/deep/file6
    git mv part1/deep/file7 part1/deep/renamed
    git commit --quiet --all --message second
    git checkout --quiet other
    echo "on other" > part2/deep/file5
    echo new > part2/new
    git add part2/new
    git commit --quiet --all --message third
    git checkout --quiet main
    git merge --quiet --message merged other
    git checkout --quiet other
    git checkout --quiet main
    echo "not kept" > part3/deep/file8
    git stash --quiet
    git stash drop --quiet
    git tag --annotate --message tagged v1
    git gc --quiet
    git status --short
    git log --stat > ../log
    git diff main other > ../difference
    cd ..
    git clone --quiet --template= repository cloned
    git clone --quiet --template= "file://$PWD/repository" copied_clone
    cd copied_clone
    echo another > another
    git add another
    git commit --quiet --message fourth
    git push --quiet origin main:pushed
    git -C ../cloned fetch --quiet
    cd ..
}

# Objects made two at a time, a header made by a recipe and moved into place, an archive.
write_sources() {
    cat > Makefile <<'END'
CFLAGS = -O1 -Wall
program: main.o libparts.a
	gcc -o $@.new main.o -L. -lparts && mv $@.new $@
libparts.a: greet.o count.o
	rm -f $@
	ar rcs $@ greet.o count.o
%.o: %.c parts.h version.h
	gcc $(CFLAGS) -c -o $@ $<
version.h: VERSION
	printf '#define VERSION "%s"\n' "$$(cat VERSION)" > $@.tmp
	cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@
install: program
	install -d $(DESTDIR)/usr/bin $(DESTDIR)/etc
	install -m 755 program $(DESTDIR)/usr/bin/program
	install -m 644 VERSION $(DESTDIR)/etc/program.conf
clean:
	rm -f *.o *.a program version.h
.PHONY: install clean
END
    echo 1.0 > VERSION
    echo 'void greet(const char *name); int count(const char *text);' > parts.h
    cat > main.c <<'END'
#include <stdlib.h>
#include "parts.h"
int main(int argc, char **argv) {
    for (int i = 1; i < argc; ++i) greet(argv[i]);
    return argc > 1 && count(argv[1]) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
END
    printf '#include <stdio.h>\n#include "parts.h"\n#include "version.h"\n%s\n' \
        'void greet(const char *name) { printf("%s from %s\n", name, VERSION); }' > greet.c
    printf '#include <string.h>\n#include "parts.h"\n%s\n' \
        'int count(const char *text) { return (int)strlen(text); }' > count.c
}

builds() {
    mkdir -p project
    cd project
    write_sources
    make --silent -j2
    ./program hello
    echo 1.1 > VERSION
    touch count.c
    make --silent -j2
    make --silent install DESTDIR="$PWD/../package"
    ./program again
    make --silent clean
    cd ..
}

packages() {
    mkdir -p package/DEBIAN unpacked root/var/lib/dpkg/updates root/var/lib/dpkg/info
    : > root/var/lib/dpkg/status
    printf '%s\n' 'Package: program' 'Version: 1.1' "Architecture: $(dpkg --print-architecture)" \
        'Maintainer: Ann <ann@suspect>' 'Description: a small program' > package/DEBIAN/control
    echo /etc/program.conf > package/DEBIAN/conffiles
    mkdir -p package/usr/share
    cp -a tree/part1 tree/part2 package/usr/share
    dpkg-deb --root-owner-group -Zgzip -b package program.deb
    dpkg-deb -x program.deb unpacked
    dpkg-deb -I program.deb
    dpkg --root="$PWD/root" --unpack program.deb
    dpkg --root="$PWD/root" --configure program
    # Once more, over what is there: an upgrade.
    dpkg --root="$PWD/root" --install program.deb
    root/usr/bin/program installed
    dpkg --root="$PWD/root" --remove program
}

# As editors save: a copy aside, the new text under a name of its own, then renamed into place.
edits() {
    echo draft > document
    for round in 1 2 3 4 5 6 7 8 9 10; do
        cp -p document document~
        temporary="$(mktemp document.XXXXXX)"
        sed "s/\$/ $round/" document > "$temporary"
        chmod --reference=document "$temporary"
        mv "$temporary" document
        grep -q "$round" document
    done
    sed -i 's/draft/final/' document
    cat document
}

# A service keeps its log open and opens it anew when it is told so, as under logrotate.
rotates() {
    mkdir -p logs
    (
        exec >> logs/service.log
        trap 'exec >> logs/service.log' HUP
        trap 'exit 0' TERM
        while :; do echo "still there"; sleep 0.05; done
    ) &
    service=$!
    until [ -s logs/service.log ]; do sleep 0.05; done
    for round in 1 2 3 4 5; do
        sleep 0.1
        for older in 4 3 2 1; do
            [ ! -e "logs/service.log.$older" ] ||
                mv "logs/service.log.$older" "logs/service.log.$((older + 1))"
        done
        mv logs/service.log logs/service.log.1
        : > logs/service.log
        kill -HUP "$service"
    done
    kill -TERM "$service"
    wait "$service"
    gzip -f logs/service.log.5
}

administers() {
    cp -a tree managed
    chmod -R go-w managed
    chmod -R u+rwX,go+rX managed
    chown -R 1000:1000 managed
    chown -R root:root managed
    mkdir -p managed/releases/1/bin managed/releases/2/bin
    for release in 1 2 1 2; do
        ln -sfn "releases/$release" managed/current
        readlink managed/current
        readlink -f managed/current/bin
        ls -l managed/current/
    done
    install -D -m 640 document managed/etc/program/document
    touch -d '2020-01-01' managed/part1/deep/file1
    touch managed/created
    stat managed/created managed/part1/symlink managed/current
    mv managed/part2 managed/moved
    mv managed/moved/deep/file1 managed/moved/deep/file3 managed/part3
    mkfifo managed/pipe
    sort -r everything -o everything
    sort -u everything -o everything
    ln -sf missing managed/dangling
    test ! -e managed/dangling
    rm managed/dangling managed/pipe
    rmdir managed/releases/1/bin
    cp -ru tree/. managed
    rm -r managed/part4
    rm -rf managed copied extracted
    id
    df .
}

# Shells of two users at a time, each in a home of its own, and root, who looks after these.
users() {
    chmod 755 .
    for user in ann bob; do
        install -d -m 755 -o "$user" -g "$user" "home/$user"
        setpriv --reuid="$user" --regid="$user" --clear-groups sh -euc '
            cd "home/$1"
            cp -r ../../tree/part1 work
            for round in 1 2 3 4; do
                echo "$round" > note.new
                mv note.new note
                temporary="$(mktemp)"
                cat note > "$temporary"
                rm "$temporary"
            done
            find work -type f -exec md5sum {} + > sums
            md5sum --check --quiet sums
            tar -cf work.tar work
            rm -r work
            tar -xf work.tar' sh "$user" &
    done
    wait
    tar -cf homes.tar home
    chown -R ann:ann home/ann
    cp -a home homes
    rm -r homes
}

# A container's beginning: what is mounted over what, and a root of its own.
contains() {
    mkdir -p mounted outer/bin outer/new
    cp "$(command -v busybox)" outer/bin/busybox
    unshare --mount sh -euc '
        mount --bind tree mounted
        ls -lR mounted
        mount -t tmpfs none mounted/part1
        echo text > mounted/part1/file
        cat mounted/part1/file
        umount mounted/part1 mounted
        mount --bind outer outer
        cd outer
        mount -t tmpfs none new
        mkdir new/bin new/old
        cp bin/busybox new/bin
        exec chroot . /bin/busybox sh -euc "
            cd new
            /bin/busybox pivot_root . old
            /bin/busybox chroot . /bin/busybox umount -l /old
            /bin/busybox ls -lR /bin"'
    for round in 1 2 3; do
        chroot outer /bin/busybox sh -c 'echo "$0" > /new/file && /bin/busybox cat /new/file' "$round"
    done
}

# Four at a time ask a cache for what is missing at first, and put it there.
caches() {
    for round in 1 2 3; do
        for file in $TREE_FILES; do echo "$file"; done
    done | xargs -n 1 -P 4 sh -euc '
        key="$(echo "$0" | md5sum | cut -c 1-8)"
        if [ ! -e "cache/$key/result" ]; then
            mkdir -p "cache/$key"
            temporary="$(mktemp "cache/$key/XXXXXX")"
            seq "$0" > "$temporary"
            mv "$temporary" "cache/$key/result"
        fi
        cp "cache/$key/result" "result.$0"'
    for round in 1 2 3 4 5; do
        env PATH="/opt/nowhere/bin:/usr/local/nowhere:$PATH" sh -c 'ls > /dev/null; ! command -v nothing'
    done
}

cd "$(mktemp -d)"
for work in archives searches versions builds packages edits rotates administers users contains \
    caches; do
    "$work"
    echo "done: $work"
done
cd /
