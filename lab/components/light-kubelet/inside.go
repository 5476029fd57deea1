package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
	core "k8s.io/api/core/v1"
)

// Inside is what a container's first process is told.
type Inside struct {
	// Root is where its file system is put together.
	Root, Image          string
	Command, Environment []string
	WorkingDir, Hostname string
	UID, GID             int
	Mounts               []Mount
	// Files that are written into it.
	Files map[string]string
	// Capabilities that it may have, by number.
	Capabilities []int
}

// Mount is a folder or file of the node inside the container.
type Mount struct {
	From, To string
	ReadOnly bool
}

// What containerd gives a container that asks for nothing (its DefaultUnixCaps).
var usualCapabilities = map[string]int{
	"CHOWN": unix.CAP_CHOWN, "DAC_OVERRIDE": unix.CAP_DAC_OVERRIDE, "FSETID": unix.CAP_FSETID, "FOWNER": unix.CAP_FOWNER,
	"MKNOD": unix.CAP_MKNOD, "NET_RAW": unix.CAP_NET_RAW, "SETGID": unix.CAP_SETGID, "SETUID": unix.CAP_SETUID,
	"SETFCAP": unix.CAP_SETFCAP, "SETPCAP": unix.CAP_SETPCAP, "NET_BIND_SERVICE": unix.CAP_NET_BIND_SERVICE,
	"SYS_CHROOT": unix.CAP_SYS_CHROOT, "KILL": unix.CAP_KILL, "AUDIT_WRITE": unix.CAP_AUDIT_WRITE,
}

func capabilitiesOf(context *core.SecurityContext) []int {
	kept := map[int]bool{}
	for _, number := range usualCapabilities {
		kept[number] = true
	}
	if context != nil && context.Capabilities != nil {
		for _, name := range context.Capabilities.Drop {
			if name == "ALL" {
				kept = map[int]bool{}
			}
			delete(kept, usualCapabilities[string(name)])
		}
		for _, name := range context.Capabilities.Add {
			if number, known := usualCapabilities[string(name)]; known {
				kept[number] = true
			}
		}
	}
	var numbers []int
	for number := range kept {
		numbers = append(numbers, number)
	}
	return numbers
}

// becomeContainer puts the file system together, drops what the container may not, and becomes its program. It stands
// in new mount, UTS and pid namespaces already.
func becomeContainer(path string) error {
	var spec Inside
	if err := readJSON(path, &spec); err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	if spec.Hostname != "" {
		if err := unix.Sethostname([]byte(spec.Hostname)); err != nil {
			return err
		}
	}
	if err := layers(spec); err != nil {
		return err
	}
	if err := unix.Chroot(spec.Root); err != nil {
		return err
	}
	if err := unix.Chdir(filepath.Join("/", spec.WorkingDir)); err != nil {
		return err
	}
	if err := dropRights(spec); err != nil {
		return err
	}
	for _, variable := range spec.Environment {
		if path, found := strings.CutPrefix(variable, "PATH="); found {
			os.Setenv("PATH", path)
		}
	}
	program, err := exec.LookPath(spec.Command[0])
	if err != nil {
		return err
	}
	return unix.Exec(program, spec.Command, spec.Environment)
}

func layers(spec Inside) error {
	scratch := filepath.Join(filepath.Dir(spec.Root), "scratch")
	if err := os.MkdirAll(scratch, 0o755); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", scratch, "tmpfs", 0, "mode=755"); err != nil {
		return err
	}
	for _, name := range []string{"upper", "work"} {
		if err := os.Mkdir(filepath.Join(scratch, name), 0o755); err != nil {
			return err
		}
	}
	options := "lowerdir=" + spec.Image + ",upperdir=" + scratch + "/upper,workdir=" + scratch + "/work"
	if err := unix.Mount("overlay", spec.Root, "overlay", 0, options); err != nil {
		return err
	}
	for file, text := range spec.Files {
		if err := put(spec.Root, file, []byte(text)); err != nil {
			return err
		}
	}
	for name, source := range map[string]string{"proc": "proc", "sys": "/sys", "dev": "/dev"} {
		target := filepath.Join(spec.Root, name)
		if err := os.MkdirAll(target, 0o755); err != nil {
			return err
		}
		kind, flags := "", uintptr(unix.MS_BIND|unix.MS_REC)
		if name == "proc" {
			kind, flags = "proc", 0
		}
		if err := unix.Mount(source, target, kind, flags, ""); err != nil {
			return err
		}
	}
	for _, mount := range spec.Mounts {
		if err := bind(spec.Root, mount); err != nil {
			return err
		}
	}
	return nil
}

func bind(root string, mount Mount) error {
	target := filepath.Join(root, mount.To)
	info, err := os.Stat(mount.From)
	if err != nil {
		return err
	}
	if info.IsDir() {
		err = os.MkdirAll(target, 0o755)
	} else {
		err = put(root, mount.To, nil)
	}
	if err != nil {
		return err
	}
	if err := unix.Mount(mount.From, target, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return err
	}
	if !mount.ReadOnly {
		return nil
	}
	return unix.Mount("", target, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, "")
}

func dropRights(spec Inside) error {
	kept := map[int]bool{}
	for _, number := range spec.Capabilities {
		kept[number] = true
	}
	for number := 0; number <= unix.CAP_LAST_CAP; number++ {
		if !kept[number] {
			// Beyond what this kernel knows there is nothing to drop.
			_ = unix.Prctl(unix.PR_CAPBSET_DROP, uintptr(number), 0, 0, 0)
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	if err := unix.Setgroups([]int{spec.GID}); err != nil {
		return err
	}
	if err := unix.Setresgid(spec.GID, spec.GID, spec.GID); err != nil {
		return err
	}
	return unix.Setresuid(spec.UID, spec.UID, spec.UID)
}
