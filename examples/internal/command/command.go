package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/signal"
	"regexp"
	"strings"
)

// Exit statuses.
const (
	ExitOK     = 0
	ExitFailed = 1
	ExitUsage  = 2
)

// ErrUsage is wrapped by errors about the command line.
var ErrUsage = errors.New("see -help")

// Flags are the flags that every example takes.
type Flags struct {
	Temporal string // host:port of a Temporal server; "" to start one
	Endpoint string // URL of a Spanner without credentials; "" for a scripted one
	Project  string // of real Spanner; "" for none
}

// Add defines the flags. made says what an example makes in a real project.
func (f *Flags) Add(set *flag.FlagSet, made string) {
	set.StringVar(&f.Temporal, "temporal", os.Getenv("TEMPORAL_ADDRESS"), "`HOST:PORT` of a Temporal server (default: TEMPORAL_ADDRESS, else a local dev server)")
	set.StringVar(&f.Endpoint, "endpoint", "", "`URL` of a Spanner without credentials, such as the emulator's REST port (default: a scripted Spanner)")
	set.StringVar(&f.Project, "project", "", "Google Cloud `PROJECT` of real Spanner, with your credentials; the example "+made)
}

// projectID is a project's id or number, with a domain before it in some.
var projectID = regexp.MustCompile(`^([a-z0-9.-]+:)?[a-z0-9][a-z0-9-]*$`)

// Validate reports flags that do not go together, and what is left of the
// command line.
func (f Flags) Validate(rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("%q is no flag; %w", strings.Join(rest, " "), ErrUsage)
	}
	if f.Project != "" && !projectID.MatchString(f.Project) {
		return fmt.Errorf("-project %q is no project id such as my-project; %w", f.Project, ErrUsage)
	}
	if f.Temporal != "" {
		if _, _, err := net.SplitHostPort(f.Temporal); err != nil {
			return fmt.Errorf("-temporal %q is no host:port such as 127.0.0.1:7233; %w", f.Temporal, ErrUsage)
		}
	}
	if f.Endpoint != "" && f.Project != "" {
		return fmt.Errorf("-endpoint %q and -project %q exclude each other; %w", f.Endpoint, f.Project, ErrUsage)
	}
	if u, err := url.Parse(f.Endpoint); f.Endpoint != "" && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
		return fmt.Errorf("-endpoint %q is no URL such as http://127.0.0.1:9020; %w", f.Endpoint, ErrUsage)
	}
	return nil
}

// Parse parses args; an error wraps ErrUsage or is flag.ErrHelp.
func Parse(set *flag.FlagSet, args []string) error {
	switch err := set.Parse(args); {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return err
	default:
		// The flag package has printed it, with the usage.
		return errPrinted{err}
	}
}

// errPrinted is an error of the command line that has been printed.
type errPrinted struct{ error }

func (errPrinted) Unwrap() error { return ErrUsage }

// Main runs an example until it ends or is interrupted, prints its error, and returns the exit
// status. ok says whether everything ended as it should. A second interrupt ends the process at
// once.
func Main(name string, run func(ctx context.Context, args []string) (ok bool, err error)) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // the system handles the next interrupt
	ok, err := run(ctx, os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		return ExitOK
	case errors.As(err, &errPrinted{}):
	case err != nil:
		fmt.Fprintln(os.Stderr, name+":", err)
	}
	switch {
	case errors.Is(err, ErrUsage):
		return ExitUsage
	case err != nil || !ok:
		return ExitFailed
	default:
		return ExitOK
	}
}
