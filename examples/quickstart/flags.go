package main

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
)

// flags are the command line.
type flags struct {
	temporal   string
	endpoint   string
	project    string
	killWorker bool
	keep       bool
	json       bool
}

func parseFlags(args []string) (flags, error) {
	var f flags
	set := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	set.StringVar(&f.temporal, "temporal", os.Getenv("TEMPORAL_ADDRESS"), "`host:port` of a Temporal server (default: TEMPORAL_ADDRESS, else a local dev server is started)")
	set.StringVar(&f.endpoint, "endpoint", "", "`URL` of a Spanner that needs no credentials, such as the emulator's REST port (default: a scripted one)")
	set.StringVar(&f.project, "project", "", "Google Cloud `project`: use real Spanner, with your credentials; creates and deletes an instance there")
	set.BoolVar(&f.killWorker, "kill-worker", false, "run the worker as a process and kill it with SIGKILL in the middle of a wait")
	set.BoolVar(&f.keep, "keep", false, "leave everything up to look at, until Ctrl-C")
	set.BoolVar(&f.json, "json", false, "print one JSON object on standard output, and all else on standard error")
	if err := set.Parse(args); err != nil {
		return f, err
	}
	return f, f.validate(set.Args())
}

func (f flags) validate(rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("%q is no flag; see -help", strings.Join(rest, " "))
	}
	if f.endpoint != "" && f.project != "" {
		return fmt.Errorf("-endpoint %q and -project %q exclude each other", f.endpoint, f.project)
	}
	if u, err := url.Parse(f.endpoint); f.endpoint != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
		return fmt.Errorf("-endpoint %q is no URL such as http://127.0.0.1:9020", f.endpoint)
	}
	return nil
}
