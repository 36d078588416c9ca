package cli

import (
	"bytes"
	"encoding/json"
	"runtime"
	"runtime/debug"
	"testing"
)

// Whatever the Go command has noted, the version tells it.
func TestBuildOf(t *testing.T) {
	t.Parallel()
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "8c2f"}
	system := runtime.Version() + ", " + runtime.GOOS + "/" + runtime.GOARCH + ")"
	tests := map[string]struct {
		reason, version string
		settings        []debug.BuildSetting
		want            string
	}{
		"installed": {"from a module proxy, which tells no commit", "v0.1.0", nil, "v0.1.0 (" + system},
		"release":   {"built by make dist", "v0.1.0", []debug.BuildSetting{commit, {Key: "vcs.modified", Value: "false"}}, "v0.1.0 (commit 8c2f, " + system},
		"modified":  {"built from more than the commit", "v0.0.0-2026+dirty", []debug.BuildSetting{commit, {Key: "vcs.modified", Value: "true"}}, "v0.0.0-2026+dirty (commit 8c2f, modified, " + system},
		"no stamp":  {"built with -buildvcs=false", "(devel)", nil, "(devel) (" + system},
		"unknown":   {"built without modules", "", nil, "unknown (" + system},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			info := &debug.BuildInfo{Main: debug.Module{Version: tt.version}, Settings: tt.settings}
			if got := buildOf(info).String(); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

// The command and the flag print the same.
func TestVersionCommand(t *testing.T) {
	t.Parallel()
	printed := map[string]string{}
	for _, arg := range []string{"version", "--version"} {
		printed[arg] = versionOutput(t, arg)
	}
	if want := "awaitop version " + builtVersion() + "\n"; printed["version"] != want || printed["--version"] != want {
		t.Errorf("%q, want %q twice", printed, want)
	}
	var got build
	if text := versionOutput(t, "version", "-o", "json"); json.Unmarshal([]byte(text), &got) != nil || got != thisBuild() {
		t.Errorf("as JSON: %s, want %+v", text, thisBuild())
	}
}

func versionOutput(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if status := Run(t.Context(), args, IO{Out: &out, Err: &out}); status != ExitOK {
		t.Errorf("awaitop %v ends with status %d: %s", args, status, out.String())
	}
	return out.String()
}
