package cli

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"golang.org/x/time/rate"

	"github.com/awaitop/awaitop/control"
)

const (
	// watchInterval is the default interval of --watch, minWatchInterval the least: a wait reports each few seconds at most.
	watchInterval    = 2 * time.Second
	minWatchInterval = time.Second
)

// exampleQuery is a list filter of Temporal.
const exampleQuery = "StartTime > '2026-11-24T00:00:00Z'"

// listing is one run of `awaitop list`.
type listing struct {
	*command
	options     control.ListOptions
	token       string
	workflowIDs []string // as the flag has them, then those of the targets
	targets     []target
	all         bool
	trouble     bool
	watch       bool
	interval    time.Duration
}

func (c *command) list() *cobra.Command {
	l := &listing{command: c}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List waits and undos, those in trouble first",
		Long: `List the waits and undos of the namespace, those in trouble first: of each AwaitOperation workflow, of each workflow
in which a saga undoes, of each workflow with the search attribute AwaitopOperation, and of the workflows that --type or
--workflow names. A workflow that awaits inline, and has neither the attribute nor such a flag, is not listed.

Progress is as old as the last heartbeat of a wait. On a terminal the list has a bar for it, colors unless NO_COLOR is
set, and names without what they share. Otherwise each wait is one line with its full name.`,
		Example: `  awaitop list
  awaitop list --watch                   # until q or Ctrl-C; a line for each change if it is no terminal
  awaitop list --trouble                 # of all workflows, what is stuck or fails
  awaitop list --type Provision          # the inline waits and undos of these workflows, too
  awaitop list --workflow provision-42,projects/p/instances/i/operations/o
  awaitop list --all -o json
  awaitop list --query "` + exampleQuery + `"`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := l.check(cmd); err != nil {
				return err
			}
			return l.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&l.options.PageSize, "page-size", control.DefaultPageSize, "`NUMBER` of workflows a page")
	flags.StringVar(&l.token, "page-token", "", "`TOKEN` that the page before printed (default: the first page)")
	flags.BoolVar(&l.all, "all", false, "list all pages (default: one page)")
	flags.BoolVar(&l.trouble, "trouble", false, "list only what is in trouble, of all pages (default: all of one page)")
	flags.BoolVar(&l.options.Closed, "closed", false, "list closed workflows too (default: running workflows)")
	flags.StringVarP(&l.options.Query, "query", "q", "", "list only the workflows that match `FILTER`, a list filter of Temporal (default: all)")
	flags.StringSliceVar(&l.options.WorkflowTypes, "type", nil, "list the workflows of the types `NAME,...`, too (default: those with a search attribute)")
	flags.Float64Var(&l.options.RequestsPerSecond, "requests-per-second", control.DefaultRequestsPerSecond, "send at most `NUMBER` requests a second to the Temporal server")
	flags.StringSliceVarP(&l.workflowIDs, "workflow", "w", nil, "list the waits of the workflows with a REF or an id of `NAME,...`, without a search (default: search)")
	flags.BoolVar(&l.watch, "watch", false, "list again and again, until an interrupt (default: once)")
	flags.DurationVar(&l.interval, "interval", watchInterval, "with --watch: describe a workflow at most once each `DURATION`")
	return cmd
}

// check refuses flags that contradict each other.
func (l *listing) check(cmd *cobra.Command) error {
	set := cmd.Flags().Changed
	decoded, err := base64.RawURLEncoding.DecodeString(l.token)
	if err != nil {
		return usagef("--page-token %q: want the token that the page before printed", l.token)
	}
	l.options.PageToken = decoded
	for _, name := range l.workflowIDs {
		to, err := l.target(name)
		if err != nil {
			return err
		}
		l.targets = append(l.targets, to)
	}
	for _, name := range []string{"page-size", "page-token", "all", "closed"} {
		if l.watch && set(name) {
			return usagef("--watch and --%s exclude each other: --watch shows all workflows that run", name)
		}
	}
	for _, name := range []string{"query", "type", "closed", "page-size", "page-token", "all"} {
		if len(l.workflowIDs) > 0 && set(name) {
			return usagef("--workflow and --%s exclude each other: --workflow searches nothing", name)
		}
	}
	switch {
	case l.trouble && set("page-token"):
		return usagef("--trouble and --page-token exclude each other: --trouble lists of all pages")
	case set("interval") && !l.watch:
		return usagef("--interval %s: want --watch with it", l.interval)
	case l.interval < minWatchInterval:
		return usagef("--interval %s: want %s or more", l.interval, minWatchInterval)
	case !(l.options.RequestsPerSecond > 0):
		return usagef("--requests-per-second %v: want more than 0", l.options.RequestsPerSecond)
	}
	return nil
}

func (l *listing) run(ctx context.Context) error {
	t, err := l.dial(ctx)
	if err != nil {
		return err
	}
	defer t.Close()
	l.options.Options = t.look
	l.options.WithoutQuery = true
	l.options.Limit = rate.NewLimiter(rate.Limit(l.options.RequestsPerSecond), 1)
	if err := l.resolve(ctx, t); err != nil {
		return err
	}
	l.noteTypes(ctx, t)
	return l.queryError(l.send(ctx, t))
}

// resolve puts the ids of the workflows that --workflow names in place of the names. If the wait of an operation does not
// run, they are those of its waits under other ids.
func (l *listing) resolve(ctx context.Context, t *connected) error {
	l.workflowIDs = nil
	for _, to := range l.targets {
		described, err := t.DescribeWorkflowExecution(ctx, to.id, "")
		var others []*control.Status
		if isNotFound(err) || described.GetWorkflowExecutionInfo().GetCloseTime() != nil {
			if others, err = l.otherWaits(ctx, t, to); err != nil {
				return err
			}
		}
		for _, other := range others {
			l.workflowIDs = append(l.workflowIDs, other.WorkflowID)
		}
		if len(others) == 0 {
			l.workflowIDs = append(l.workflowIDs, to.id) // whatever is wrong with it is told by its description
		}
	}
	return nil
}

func (l *listing) send(ctx context.Context, t *connected) error {
	switch {
	case l.watch:
		return l.follow(ctx, t)
	case len(l.workflowIDs) > 0:
		return l.named(ctx, t)
	case l.trouble || l.all && l.output == "text":
		return l.everything(ctx, t)
	default:
		return l.pages(ctx, t)
	}
}

// queryError says that the server refuses the filter of --query.
func (l *listing) queryError(err error) error {
	var invalid *serviceerror.InvalidArgument
	if l.options.Query == "" || !errors.As(err, &invalid) {
		return err
	}
	return usagef("--query %q: %w; want a list filter such as --query %q", l.options.Query, err, exampleQuery)
}

// noteTypes says which types of --type no workflow has. A server that does not count tells nothing.
func (l *listing) noteTypes(ctx context.Context, t *connected) {
	for _, name := range l.options.WorkflowTypes {
		query, which := "WorkflowType = "+quotedValue(name), "workflow"
		if !l.options.Closed {
			query, which = query+" AND ExecutionStatus = 'Running'", "running workflow"
		}
		counted, err := t.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: query})
		if err == nil && counted.GetCount() == 0 {
			l.say("no %s has the type %s", which, name)
		}
	}
}

// quotedValue is a text as a value in a list filter.
func quotedValue(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
