package cli

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/serve"
)

// command is one run of awaitop: what all its subcommands share.
type command struct {
	IO
	connection
	naming
	output string // text or json
}

// Run runs a command line, without the name of the program, and returns its exit status. SIGINT, SIGTERM and the
// end of ctx end it.
func Run(ctx context.Context, args []string, io IO) int {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	c := &command{IO: io}
	root := c.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return ExitOK
	case ctx.Err() != nil && !isDecided(err):
		c.say("awaitop: interrupted")
		return ExitDetached
	}
	c.sayError(err)
	if text := hint(err); text != "" {
		c.say("%s", text)
	}
	return exitStatus(err)
}

// isDecided reports whether an error means the same, whether a signal came or not: a worker that the SDK has stopped may
// get one while it drains.
func isDecided(err error) bool {
	var exit exitError
	var fatal *serve.FatalError
	return errors.As(err, &exit) || errors.As(err, &fatal)
}

// sayError prints an error on one line. Only an error of this machine may take several lines, each indented by four
// spaces a tab.
func (c *command) sayError(err error) {
	message := text(err)
	if message == "" {
		return
	}
	first, more, _ := strings.Cut(message, "\n")
	var own ownError
	if more == "" || !errors.As(err, &own) && !isUnknownCommand(err) {
		c.say("awaitop: %s", message)
		return
	}
	c.say("awaitop: %s", first)
	for line := range strings.Lines(more) {
		line = strings.TrimRight(line, "\n")
		text := strings.TrimLeft(line, "\t")
		c.say("%s%s", strings.Repeat("    ", len(line)-len(text)), text)
	}
}

func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "awaitop",
		Short: "Await Google Cloud long-running operations durably, on Temporal",
		Long: `Await Google Cloud long-running operations durably, on Temporal.

REF is the full resource name of an operation, such as
  //spanner.googleapis.com/projects/p/instances/i/operations/o
Without the service, as in projects/p/instances/i/operations/o, it is an operation of the worker's configuration's
service, or of Spanner. Commands on a wait take its WORKFLOW-ID in place of the REF.

The environment variables TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the like, or a profile of temporal.toml, say
how to reach the Temporal server. They are those of the Temporal CLI.

` + exitHelp(func(m exitMeaning) string { return m.any }) + "\n\n`awaitop await --help` and `awaitop worker --help` show theirs.",
		Version:       builtVersion(),
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if c.output != "text" && c.output != "json" {
				return usagef("--output %q: want text or json", c.output)
			}
			return checkConnection(cmd)
		},
	}
	root.SetOut(c.Out)
	root.SetErr(c.Err)
	root.SetHelpFunc(help(root.HelpFunc()))
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%w; see `%s --help`", err, cmd.CommandPath())
	})
	flags := root.PersistentFlags()
	flags.StringVarP(&c.output, "output", "o", "text", "`FORMAT` of the output: text or json")
	_ = root.RegisterFlagCompletionFunc("output", oneOf("text", "json")) // the flag is there
	c.add(flags)
	root.AddGroup(
		&cobra.Group{ID: "waits", Title: "Waits:"},
		&cobra.Group{ID: "orphans", Title: "What was left behind:"},
		&cobra.Group{ID: "serving", Title: "Serving:"},
		&cobra.Group{ID: "api", Title: "The operations API itself:"},
	)
	for _, group := range []struct {
		id       string
		commands []*cobra.Command
	}{
		{"waits", []*cobra.Command{c.await(), c.list(), c.describe(), c.cancel(), c.undo(), c.abandon(), c.pollNow(), c.setPolicy(), c.setDeadline()}},
		{"orphans", []*cobra.Command{c.sweep()}},
		{"serving", []*cobra.Command{c.worker(), c.dev()}},
		{"api", []*cobra.Command{withoutTemporal(c.operations()), withoutTemporal(c.methods())}},
	} {
		for _, sub := range group.commands {
			sub.GroupID = group.id
			if group.id == "waits" {
				c.addNaming(sub.Flags())
				sub.ValidArgsFunction = c.completeWaits
				if sub.Name() == "undo" {
					sub.ValidArgsFunction = c.completeRuns
				}
			}
			root.AddCommand(sub)
		}
	}
	root.AddCommand(withoutTemporal(c.version()))
	return root
}

// oneOf completes the value of a flag.
func oneOf(values ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
}

// exactly refuses a command line that has not one argument for each name. The text has the names of the usage line.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		_, usage, _ := strings.Cut(cmd.Use, " ")
		usage, _, _ = strings.Cut(usage, " ")
		see := fmt.Sprintf("; see `%s --help`", cmd.CommandPath())
		switch {
		case len(args) < len(names):
			return usagef("no argument, want %s%s", usage, see)
		case len(args) == len(names):
			return nil
		case len(names) == 0:
			return usagef("unexpected argument %q, want none%s", args[0], see)
		default:
			return usagef("unexpected argument %q, want one: %s%s", args[len(names)], usage, see)
		}
	}
}

// atMostOne refuses a command line that has several arguments.
func atMostOne(cmd *cobra.Command, args []string) error {
	if len(args) <= 1 {
		return nil
	}
	_, usage, _ := strings.Cut(cmd.Use, " ")
	return usagef("unexpected argument %q, want one at most: %s; see `%s --help`", args[1], usage, cmd.CommandPath())
}
