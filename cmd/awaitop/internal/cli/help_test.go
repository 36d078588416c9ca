package cli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/awaitop/awaitop/internal/golden"
)

// eachCommand calls do with awaitop and all its own commands.
func eachCommand(do func(*cobra.Command)) {
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		do(cmd)
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk((&command{}).root())
}

// testdata/help.txt holds the help of each command, to be read when it changes.
func TestHelp(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	eachCommand(func(cmd *cobra.Command) {
		var out bytes.Buffer
		Run(t.Context(), append(strings.Fields(cmd.CommandPath())[1:], "--help"), IO{Out: &out, Err: &out})
		fmt.Fprintf(&all, "$ %s --help\n%s\n", cmd.CommandPath(), out.String())
	})
	golden.Text(t, "help.txt", all.String())
}

// The help of each flag shows its default, or the flags to set in its place.
func TestDefaults(t *testing.T) {
	t.Parallel()
	eachCommand(func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			alone := pflag.NewFlagSet("", pflag.ContinueOnError)
			alone.AddFlag(f)
			shown := alone.FlagUsages()
			if f.Name != "help" && f.Name != "version" && !f.Hidden && !strings.Contains(shown, "default") && !strings.Contains(shown, "(or --") {
				t.Errorf("%s --%s: no default in: %s", cmd.CommandPath(), f.Name, shown)
			}
		})
	})
}

// The placeholder of a flag's value is in capitals, so that it does not look like a value.
func TestPlaceholders(t *testing.T) {
	t.Parallel()
	eachCommand(func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			placeholder, usage := pflag.UnquoteUsage(f)
			if f.Value.Type() != "bool" && !f.Hidden && placeholder != strings.ToUpper(placeholder) {
				t.Errorf("%s --%s %s: want a placeholder in capitals: %s", cmd.CommandPath(), f.Name, placeholder, usage)
			}
		})
	})
}
