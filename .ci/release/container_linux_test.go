package release_test

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// bases are the images from which the last stage may start: CA certificates, time zones, no shell.
var bases = []string{"gcr.io/distroless/static-debian13:nonroot"}

// TestContainerfile runs the steps of deploy/Containerfile in folders, as an engine runs them in images, and then what is
// in the last image: without a shell, libraries or variables, and not as root.
func TestContainerfile(t *testing.T) {
	t.Parallel()
	context := copyOfCheckout(t)
	image := buildImage(t, context)
	if !slices.Contains(bases, image.base) {
		t.Errorf("the image starts from %s, which is not known to have CA certificates", image.base)
	}
	if image.user != "65532:65532" {
		t.Errorf("the image's user is %q: Kubernetes takes a number alone for not root", image.user)
	}
	if len(image.entrypoint) != 1 || !slices.Equal(image.command, []string{"worker"}) {
		t.Fatalf("the image runs %q %q", image.entrypoint, image.command)
	}
	program := filepath.Join(image.root, image.entrypoint[0])
	wantStatic(t, program)
	if d := makeDist(t, context); checksum(t, program) != checksum(t, d.binary) {
		t.Error("the image and a release have different binaries")
	}
	commit := strings.TrimSpace(inFolder(t, context, "git", "rev-parse", "HEAD"))
	if says := image.run(t, "version"); !strings.Contains(says, "commit "+commit) {
		t.Errorf("the image's binary says %q, without the commit %s", says, commit)
	}
	if says := image.run(t, append(image.command, "--example-config")...); !strings.Contains(says, "taskQueue:") {
		t.Errorf("the image's command serves no configuration: %q", says)
	}
}

// image is what a stage of a Containerfile has made.
type image struct {
	base, root, folder, user string
	entrypoint, command      []string
	variables                []string
}

// buildImage runs the steps of deploy/Containerfile and returns the last image. A stage's root is a folder that is empty
// at first, and its RUN uses the programs of this machine. So a RUN may not name absolute paths.
func buildImage(t *testing.T, context string) *image {
	t.Helper()
	given := map[string]string{"TARGETOS": runtime.GOOS, "TARGETARCH": runtime.GOARCH}
	stages, last := map[string]*image{}, (*image)(nil)
	for _, step := range stepsOf(string(read(t, filepath.Join(context, "deploy", "Containerfile")))) {
		flags, args := step.flags()
		switch step.name {
		case "FROM":
			last = &image{base: args[0], root: t.TempDir(), folder: "/"}
			if len(args) == 3 && args[1] == "AS" {
				stages[args[2]] = last
			}
		case "ARG":
			if given[args[0]] == "" {
				t.Fatalf("there is no argument %s", args[0])
			}
			last.variables = append(last.variables, args[0]+"="+given[args[0]])
		case "WORKDIR":
			last.folder = args[0]
			makeFolder(t, last.path("."))
		case "COPY":
			from := context
			if name, ok := flags["from"]; ok {
				from = stages[name].root
			}
			target := last.path(args[1])
			makeFolder(t, filepath.Dir(target))
			inFolder(t, from, "cp", "-a", "./"+args[0], target)
		case "RUN":
			last.shell(t, step.rest)
		case "USER":
			last.user = args[0]
		case "ENTRYPOINT":
			last.entrypoint = step.list(t)
		case "CMD":
			last.command = step.list(t)
		default:
			t.Fatalf("the test does not know the step %s", step.name)
		}
	}
	return last
}

// path is a path of the image as a path of this machine.
func (i *image) path(name string) string {
	if !filepath.IsAbs(name) {
		name = filepath.Join(i.folder, name)
	}
	return filepath.Join(i.root, name)
}

func (i *image) shell(t *testing.T, script string) {
	t.Helper()
	for _, word := range strings.Fields(script) {
		if strings.Contains(word, "=/") || strings.HasPrefix(word, "/") {
			t.Fatalf("RUN %s: the test cannot run a step with the path %s", script, word)
		}
	}
	command := exec.CommandContext(t.Context(), "sh", "-c", script)
	command.Dir, command.Env = i.path("."), append(os.Environ(), i.variables...)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("RUN %s: %v\n%s", script, err, out)
	}
}

// run runs the entry point as the image's user, without variables, with the image's root for its own. Only root may
// change the root: for another user it stays this machine's.
func (i *image) run(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), i.entrypoint[0], args...)
	command.Dir, command.Env = "/", []string{}
	if os.Geteuid() == 0 {
		id, group, _ := strings.Cut(i.user, ":")
		command.SysProcAttr = &syscall.SysProcAttr{Chroot: i.root, Credential: &syscall.Credential{Uid: number(t, id), Gid: number(t, group)}}
		if err := os.Chmod(i.root, 0o755); err != nil { // a test's folder is its user's alone
			t.Fatal(err)
		}
	} else {
		command.Path = filepath.Join(i.root, i.entrypoint[0])
	}
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", i.entrypoint[0], args, err, out)
	}
	return string(out)
}

func number(t *testing.T, text string) uint32 {
	t.Helper()
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(n)
}

// wantStatic wants a program that needs no loader and no library.
func wantStatic(t *testing.T, name string) {
	t.Helper()
	file, err := elf.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	libraries, err := file.ImportedLibraries()
	if err != nil || len(libraries) > 0 {
		t.Errorf("%s needs the libraries %v, %v", name, libraries, err)
	}
	for _, part := range file.Progs {
		if part.Type == elf.PT_INTERP {
			t.Errorf("%s needs a loader", name)
		}
	}
}

func makeFolder(t *testing.T, name string) {
	t.Helper()
	if err := os.MkdirAll(name, 0o755); err != nil {
		t.Fatal(err)
	}
}
