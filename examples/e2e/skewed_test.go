package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// workerSkew is how far the clock of a worker built by skewedWorker is ahead.
const workerSkew = "AWAITOP_E2E_SKEW"

// skewedWorker builds this test binary with a time package whose wall clock is ahead by
// what the environment of the process says; the monotonic clock is the machine's. It
// builds all that imports time, which is all, and so once: later builds come from Go's
// cache.
var skewedWorker = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "awaitop-e2e-")
	if err != nil {
		return "", err
	}
	builtFolders = append(builtFolders, folder)
	overlay, err := writeOverlay(folder)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(folder, "worker")
	if out, err := exec.Command("go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", binary, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build a worker with another clock: %w\n%s", err, out)
	}
	return binary, nil
})

// builtFolders are removed when the tests are over.
var builtFolders []string

// writeOverlay writes the changed time package to folder and returns the file for
// go build -overlay.
func writeOverlay(folder string) (string, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", err
	}
	original := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	source, err := os.ReadFile(original)
	if err != nil {
		return "", err
	}
	const reading = "func Now() Time {\n\tsec, nsec, mono := runtimeNow()\n"
	changed := strings.Replace(string(source), reading, reading+"\tsec += skewSeconds\n", 1)
	if changed == string(source) {
		return "", fmt.Errorf("%s does not read the clock as expected: %q", original, reading)
	}
	const skew = `package time

import "syscall"

// skewSeconds is how far the wall clock is ahead.
var skewSeconds = func() int64 {
	text, _ := syscall.Getenv("` + workerSkew + `")
	skew, _ := ParseDuration(text)
	return int64(skew / Second)
}()
`
	files := map[string]string{original: changed, filepath.Join(filepath.Dir(original), "skew.go"): skew}
	replace := map[string]string{}
	for target, text := range files {
		replace[target] = filepath.Join(folder, filepath.Base(target))
		if err := os.WriteFile(replace[target], []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	raw, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(folder, "overlay.json")
	return overlay, os.WriteFile(overlay, raw, 0o600)
}
