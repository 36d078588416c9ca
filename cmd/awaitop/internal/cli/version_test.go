package cli

import (
	"bytes"
	"runtime/debug"
	"testing"
)

// A build from a clone has no version of its own, and so tells its commit.
func TestVersionOf(t *testing.T) {
	t.Parallel()
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "8c2f"}
	tests := map[string]struct {
		reason, version string
		settings        []debug.BuildSetting
		want            string
	}{
		"release":  {"installed by its version", "v0.1.0", []debug.BuildSetting{commit}, "v0.1.0"},
		"clone":    {"built from a commit", "(devel)", []debug.BuildSetting{commit}, "(devel) of commit 8c2f"},
		"modified": {"built from more than the commit", "(devel)", []debug.BuildSetting{commit, {Key: "vcs.modified", Value: "true"}}, "(devel) of commit 8c2f, modified"},
		"no stamp": {"built with -buildvcs=false", "(devel)", nil, "(devel)"},
		"unknown":  {"built without modules", "", nil, "unknown"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			info := &debug.BuildInfo{Main: debug.Module{Version: tt.version}, Settings: tt.settings}
			if got := versionOf(info); got != tt.want {
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
		var out bytes.Buffer
		if status := Run(t.Context(), []string{arg}, IO{Out: &out, Err: &out}); status != ExitOK {
			t.Errorf("awaitop %s ends with status %d: %s", arg, status, out.String())
		}
		printed[arg] = out.String()
	}
	if want := "awaitop version " + builtVersion() + "\n"; printed["version"] != want || printed["--version"] != want {
		t.Errorf("%q, want %q twice", printed, want)
	}
}
