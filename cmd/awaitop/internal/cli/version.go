package cli

import (
	"cmp"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (c *command) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of the binary, as --version does",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.print(fmt.Sprintf("%s version %s", cmd.Root().Name(), builtVersion()))
		},
	}
}

// builtVersion is the version of the module that the binary was built from, "unknown" if the binary does not say.
func builtVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return versionOf(info)
}

// versionOf is the version of the main module. A build from a clone has none, so it has its commit.
func versionOf(info *debug.BuildInfo) string {
	const development = "(devel)" // the go command's word
	version := cmp.Or(info.Main.Version, "unknown")
	if version != development {
		return version
	}
	settings := map[string]string{}
	for _, setting := range info.Settings {
		settings[setting.Key] = setting.Value
	}
	if commit := settings["vcs.revision"]; commit != "" {
		version += " of commit " + commit
	}
	if settings["vcs.modified"] == "true" {
		version += ", modified"
	}
	return version
}
