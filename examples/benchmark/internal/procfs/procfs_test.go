package procfs_test

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/awaitop/awaitop/examples/benchmark/internal/procfs"
)

func TestSelf(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has this /proc")
	}
	before := cpu(t)
	for until := time.Now().Add(200 * time.Millisecond); time.Now().Before(until); {
		continue
	}
	// Less than passed if the machine is busy with others.
	if used := cpu(t) - before; used < 20*time.Millisecond || used > 10*time.Second {
		t.Errorf("a busy loop of 200 ms used %v", used)
	}
	low := peak(t)
	const size = 64 << 20
	held := make([]byte, size)
	for i := range held {
		held[i] = 1
	}
	if grown := peak(t) - low; grown < size/2 || grown > 4*size {
		t.Errorf("64 MiB more make the peak grow by %d bytes", grown)
	}
	runtime.KeepAlive(held)
}

func cpu(t *testing.T) time.Duration {
	t.Helper()
	used, err := procfs.CPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	return used
}

func peak(t *testing.T) int64 {
	t.Helper()
	used, err := procfs.PeakMemory(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	return used
}

func TestNoProcess(t *testing.T) {
	t.Parallel()
	if used, err := procfs.CPU(-1); err == nil {
		t.Errorf("a process that is none used %v", used)
	}
	if used, err := procfs.PeakMemory(-1); err == nil {
		t.Errorf("a process that is none had %d bytes", used)
	}
}
