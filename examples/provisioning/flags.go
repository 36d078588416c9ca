package main

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// steps are what -fail-at takes.
var steps = []string{"instance", "database", "schema", "index", "backup"}

// flags are the command line.
type flags struct {
	temporal    string
	endpoint    string
	project     string
	failAt      string
	cancelAfter time.Duration
	loseReplies bool
	json        bool
}

func parseFlags(args []string) (flags, error) {
	var f flags
	set := flag.NewFlagSet("provisioning", flag.ContinueOnError)
	set.StringVar(&f.temporal, "temporal", os.Getenv("TEMPORAL_ADDRESS"), "`host:port` of a Temporal server (default: TEMPORAL_ADDRESS, else a local dev server is started)")
	set.StringVar(&f.endpoint, "endpoint", "", "`URL` of a Spanner that needs no credentials, such as the emulator's REST port (default: a scripted one)")
	set.StringVar(&f.project, "project", "", "Google Cloud `project`: use real Spanner, with your credentials; makes an instance there, and deletes it at the end")
	set.StringVar(&f.failAt, "fail-at", "", "`step` that shall fail: "+strings.Join(steps, ", "))
	set.DurationVar(&f.cancelAfter, "cancel-after", 0, "`time` after which the workflow is canceled, such as 8s")
	set.BoolVar(&f.loseReplies, "lose-replies", false, "lose the first reply to each request that starts an operation")
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
	if f.failAt != "" && !slices.Contains(steps, f.failAt) {
		return fmt.Errorf("-fail-at %q is no step; the steps are %s", f.failAt, strings.Join(steps, ", "))
	}
	if f.cancelAfter < 0 {
		return fmt.Errorf("-cancel-after %v is less than no time", f.cancelAfter)
	}
	return nil
}
