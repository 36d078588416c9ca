package contractgen

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What is promised keeps what each release has promised: see docs/compatibility.md, "What a release may change". A
// release has a folder in contract/releases, which `make release-contract` writes, and folders of histories.
func TestReleases(t *testing.T) {
	t.Parallel()
	headings := releaseHeading.FindAllStringSubmatch(read(t, "../../CHANGELOG.md"), -1)
	folders, err := os.ReadDir(releases)
	if err != nil || len(folders) != len(headings) || len(headings) == 0 {
		t.Fatalf("CHANGELOG has %d releases, %s has %d: %v", len(headings), releases, len(folders), err)
	}
	for _, heading := range headings {
		t.Run(heading[1], func(t *testing.T) {
			t.Parallel()
			keepsRelease(t, heading[1])
		})
	}
}

const releases = "../../contract/releases"

// releaseHeading is the heading of a release in CHANGELOG.
var releaseHeading = regexp.MustCompile(`(?m)^## \[?(\d+\.\d+\.\d+)\b`)

func keepsRelease(t *testing.T, version string) {
	t.Helper()
	folder := filepath.Join(releases, version)
	for _, file := range []string{"../../contract/awaitop.nexusrpc.yaml", "../../docs/awaitop-worker.schema.json"} {
		for _, change := range breaks(parse(t, read(t, filepath.Join(folder, filepath.Base(file)))), parse(t, read(t, file))) {
			t.Errorf("%s is broken: %s", filepath.Base(file), change)
		}
	}
	for _, file := range []string{"../../testdata/contract.txt", "../../cmd/awaitop/internal/cli/testdata/exit-statuses.md"} {
		for _, line := range gone(read(t, filepath.Join(folder, filepath.Base(file))), read(t, file)) {
			t.Errorf("%s is broken: %s is gone", filepath.Base(file), line)
		}
	}
	for _, histories := range []string{"../histories", "../../examples/provisioning/provision", "../../examples/dataplane/plane"} {
		recorded, err := filepath.Glob(filepath.Join(histories, "testdata/histories", "v"+version, "*.json"))
		if err != nil || len(recorded) == 0 {
			t.Errorf("%s has no recorded histories of it: %v", histories, err)
		}
	}
}

// gone are the lines of a release's list that today's has not. The lines of a list belong to the heading above them.
func gone(then, now string) (all []string) {
	kept := listed(now)
	for _, line := range listed(then) {
		if !slices.Contains(kept, line) {
			all = append(all, line)
		}
	}
	return all
}

func listed(text string) (all []string) {
	var heading string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "# "):
			heading = line + ": "
		case line != "":
			all = append(all, heading+line)
		}
	}
	return all
}

// What is gone from a list, and what is not.
func TestGone(t *testing.T) {
	t.Parallel()
	const then = "# names\na\nb\n\n# other names\nb\n"
	rows := map[string]struct {
		reason, now string
		want        []string
	}{
		"same":    {"nothing has changed", then, nil},
		"more":    {"a release may add names", "# new\nn\n" + then + "c\n", nil},
		"order":   {"a list's order says nothing", "# other names\nb\n# names\nb\na\n", nil},
		"less":    {"programs use the name", "# names\na\nb\n# other names\nc\n", []string{"# other names: b"}},
		"heading": {"what the names are for has changed", "# names\na\nb\n# further names\nb\n", []string{"# other names: b"}},
	}
	for name, row := range rows {
		if got := gone(then, row.now); !slices.Equal(got, row.want) {
			t.Errorf("%s, %s: %q, want %q", name, row.reason, got, row.want)
		}
	}
}
