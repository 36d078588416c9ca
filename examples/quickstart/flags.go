package main

import (
	"flag"

	"github.com/awaitop/awaitop/examples/internal/command"
)

// flags are the command line.
type flags struct {
	command.Flags
	killWorker bool
	keep       bool
}

func parseFlags(args []string) (flags, error) {
	var f flags
	set := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	f.Add(set, "creates and deletes an instance there")
	set.BoolVar(&f.killWorker, "kill-worker", false, "run the worker as a process and kill it with SIGKILL in the middle of a wait")
	set.BoolVar(&f.keep, "keep", false, "leave everything up to look at, until Ctrl-C")
	if err := command.Parse(set, args); err != nil {
		return f, err
	}
	return f, f.Validate(set.Args())
}
