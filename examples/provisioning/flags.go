package main

import (
	"flag"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/examples/internal/trials"
)

// failable are the steps that -fail-at takes.
var failable = []string{"instance", "database", "schema", "index", "backup"}

// flags are the command line.
type flags struct {
	trials.Flags
	where command.Flags
}

func parseFlags(args []string) (flags, error) {
	var f flags
	set := flag.NewFlagSet("provisioning", flag.ContinueOnError)
	f.where.Add(set, "makes an instance there, and deletes it at the end")
	f.Add(set, failable)
	if err := command.Parse(set, args); err != nil {
		return f, err
	}
	if err := f.Validate(failable); err != nil {
		return f, err
	}
	return f, f.where.Validate(set.Args())
}
