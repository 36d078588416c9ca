package e2e

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// workerMemory is how many bytes of memory the kernel gives a worker process.
const workerMemory = "AWAITOP_E2E_MEMORY"

// threadStack is the stack, in bytes, of a thread that cgo makes. The default of 8 MiB
// counts against the limit, used or not. A program without cgo has no such stacks.
const threadStack = 256 << 10

// init puts a worker process under its limit, and begins it anew: so the limit holds for
// all of it, the Go runtime's start included.
func init() {
	most, err := strconv.ParseUint(os.Getenv(workerMemory), 10, 64)
	if err != nil {
		return
	}
	_ = os.Unsetenv(workerMemory)
	for resource, limit := range map[int]uint64{syscall.RLIMIT_DATA: most, syscall.RLIMIT_STACK: threadStack} {
		if err = syscall.Setrlimit(resource, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			break
		}
	}
	if err == nil {
		err = syscall.Exec("/proc/self/exe", os.Args, os.Environ())
	}
	fmt.Fprintln(os.Stderr, "no limit of memory:", err)
	os.Exit(1)
}

// memoryOf returns what the kernel says of a process' memory, in MiB: its peak resident
// size (VmHWM) and what counts against RLIMIT_DATA (VmData). Neither is there once the
// process has ended.
func memoryOf(t *testing.T, pid int) (peak, data int) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatalf("the worker has ended: %v", err)
	}
	figures := map[string]int{}
	for line := range strings.Lines(string(status)) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			kib, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
			figures[name] = kib >> 10
		}
	}
	if figures["VmHWM"] == 0 {
		t.Fatalf("the worker has ended:\n%s", status)
	}
	return figures["VmHWM"], figures["VmData"]
}
