package histories_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// unrecorded are the places of which there is no history, by function and statement, with
// the reason.
var unrecorded = map[string]string{
	"eachChunk: _ = workflow.Sleep(ctx, time.Millisecond)": "the names of its operations take 2 MiB of history",
}

// The recorded histories suffice: a timer inserted at any place that may issue commands
// makes a replay fail. All timers are compiled into one test binary, which inserts them one
// after the other.
func TestHistoriesSuffice(t *testing.T) {
	t.Parallel()
	folder, err := filepath.Abs("../../workflows")
	if err != nil {
		t.Fatal(err)
	}
	found := places(t, folder)
	if len(found) < 25 {
		t.Fatalf("only %d places found", len(found))
	}
	unnoticed := make(map[string]string)
	for number, reached := range insertTimers(t, folder, found) {
		p := found[number-1]
		unnoticed[p.key()] = reached
		if unrecorded[p.key()] == "" {
			t.Errorf("%s: a timer inserted before %q is not noticed. Histories that come here: %q. Record another one", p, p.statement, reached)
		}
	}
	for key, reason := range unrecorded {
		if _, is := unnoticed[key]; !is {
			t.Errorf("%s: a timer inserted there is noticed: the exception (%s) can go", key, reason)
		}
	}
}

// insertTimers runs the replays with one timer after the other. It returns the numbers of
// the timers that are not noticed, with the histories that reach their places.
func insertTimers(t *testing.T, folder string, found []place) map[int]string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	replaced := insert(t, found)
	replaced[filepath.Join(folder, "inserted.go")] = filepath.Join(here, "testdata", "overlay", "inserted.go")
	replaced[filepath.Join(here, "inserted_test.go")] = filepath.Join(here, "testdata", "overlay", "inserted_test.go")
	encoded, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	write(t, overlay, string(encoded))
	command := exec.Command("go", "test", "-count=1", "-overlay", overlay, "-run", "^TestInsertedTimers$", "-v", ".")
	command.Env = append(os.Environ(), fmt.Sprintf("AWAITOP_PLACES=%d", len(found)))
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return unnoticed(t, string(output))
}

// unnoticed reads what TestInsertedTimers prints.
func unnoticed(t *testing.T, output string) map[int]string {
	t.Helper()
	numbers := make(map[int]string)
	for line := range strings.Lines(output) {
		rest, is := strings.CutPrefix(line, "unnoticed ")
		if !is {
			continue
		}
		var number int
		if _, err := fmt.Sscan(rest, &number); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		_, reached, _ := strings.Cut(strings.TrimSpace(rest), " ")
		numbers[number] = reached
	}
	return numbers
}
