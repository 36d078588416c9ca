package cli

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (c *command) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit and the Go version of the binary",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			built := thisBuild()
			if c.output == "json" {
				return c.json(built)
			}
			return c.print(fmt.Sprintf("%s version %s", cmd.Root().Name(), built))
		},
	}
}

// build says what a binary was built from, and how. Its JSON is a contract.
type build struct {
	// Version is that of the binary's module: of its tag, or a pseudo-version of its commit. It is "(devel)" if the Go
	// command was told not to look, and "unknown" without modules.
	Version string `json:"version"`
	// Commit is empty for a binary that was installed from a module proxy.
	Commit string `json:"commit,omitempty"`
	// Modified says that the clone had more than the commit.
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// String is the build in a line.
func (b build) String() string {
	line := b.Version + " ("
	if b.Commit != "" {
		line += "commit " + b.Commit + ", "
	}
	if b.Modified {
		line += "modified, "
	}
	return line + b.Go + ", " + b.Platform + ")"
}

// builtVersion is what --version prints after the binary's name.
func builtVersion() string { return thisBuild().String() }

func thisBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return buildOf(info)
}

// buildOf reads what the Go command has noted in the binary.
func buildOf(info *debug.BuildInfo) build {
	settings := map[string]string{}
	for _, setting := range info.Settings {
		settings[setting.Key] = setting.Value
	}
	return build{
		Version: cmp.Or(info.Main.Version, "unknown"), Commit: settings["vcs.revision"], Modified: settings["vcs.modified"] == "true",
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
}
