package cli

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
)

func (c *command) list() *cobra.Command {
	var options control.ListOptions
	var token string
	var all bool
	var workflowIDs []string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the waits of the namespace, with live progress",
		Long: `List the waits of the namespace, with live progress: the waits of each AwaitOperation workflow, and of each workflow
with the search attribute AwaitopOperation. The progress of a wait is as old as its last heartbeat. If the server
does not describe a workflow, for example because its id is not ASCII, the column TROUBLE says why.`,
		Example: `  awaitop list
  awaitop list --all -o json
  awaitop list --query "StartTime > '2026-11-24T00:00:00Z'"
  awaitop list --workflow provision-42   # its inline waits`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			decoded, err := base64.RawURLEncoding.DecodeString(token)
			if err != nil {
				return usagef("--page-token %q: want the token that the page before printed", token)
			}
			options.PageToken = decoded
			t, err := c.dial(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			options.Options = t.look
			if len(workflowIDs) > 0 {
				return c.listNamed(cmd, t, workflowIDs)
			}
			return c.listPages(cmd, t, options, all)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&options.PageSize, "page-size", control.DefaultPageSize, "`NUMBER` of workflows a page")
	flags.StringVar(&token, "page-token", "", "`TOKEN` that the page before printed (default: the first page)")
	flags.BoolVar(&all, "all", false, "list all pages (default: one page)")
	flags.BoolVar(&options.Closed, "closed", false, "list closed workflows too (default: running workflows)")
	flags.StringVarP(&options.Query, "query", "q", "", "list only the workflows that match `FILTER`, a list filter of Temporal (default: all)")
	flags.Float64Var(&options.RequestsPerSecond, "requests-per-second", control.DefaultRequestsPerSecond, "send at most `NUMBER` requests a second to the Temporal server")
	flags.StringSliceVarP(&workflowIDs, "workflow", "w", nil, "list the waits of the workflows `ID,...`, without a search (default: search)")
	return cmd
}

func (c *command) listNamed(cmd *cobra.Command, t *connected, workflowIDs []string) error {
	t.look.WithoutQuery = true
	var statuses []*control.Status
	var failed []error
	for _, id := range workflowIDs {
		status, err := control.Describe(cmd.Context(), t, id, t.look)
		if err != nil {
			failed = append(failed, fmt.Errorf("describe %s: %w", id, err))
			continue
		}
		statuses = append(statuses, status)
	}
	if err := c.printList(statuses); err != nil || len(failed) == 0 {
		return err
	}
	for _, err := range failed[1:] {
		c.sayError(err)
	}
	return failed[0] // Run prints it last, with a hint
}

func (c *command) listPages(cmd *cobra.Command, t *connected, options control.ListOptions, all bool) error {
	for first := true; ; first = false {
		page, err := control.List(cmd.Context(), t, options)
		if err != nil {
			return err
		}
		if len(page.Statuses) == 0 && first && c.output == "text" {
			c.say("no waits")
		}
		if err := c.printList(page.Statuses); err != nil {
			return err
		}
		if page.NextPageToken == nil {
			return nil
		}
		if !all {
			c.say("there are more: --page-token %s, or --all", base64.RawURLEncoding.EncodeToString(page.NextPageToken))
			return nil
		}
		options.PageToken = page.NextPageToken
	}
}

func (c *command) printList(statuses []*control.Status) error {
	if c.output == "json" {
		for _, status := range statuses {
			if err := c.json(status); err != nil {
				return err
			}
		}
		return nil
	}
	if len(statuses) == 0 {
		return nil
	}
	var rows []table.Row
	for _, status := range statuses {
		rows = append(rows, rowsOf(status)...)
	}
	c.fit(rows)
	return c.table(columns, rows)
}

const (
	// troubleColumn is the largest width of a trouble, nameColumn the smallest of a name, in characters.
	troubleColumn = 40
	nameColumn    = 30
)

// columns are the headers of a table of waits.
var columns = table.Row{"OPERATION", "STATE", "PROGRESS", "POLLS", "NEXT POLL", "AGE", "TROUBLE"}

// fit cuts names and troubles so that a table fits the terminal, if Out is one. Names lose their front, which they
// share, and troubles their end.
func (c *command) fit(rows []table.Row) {
	if c.Width == 0 {
		return
	}
	others := 0 // the width of the columns beside the names
	for i, header := range columns {
		if i == 0 {
			continue
		}
		widest := len(header.(string))
		for _, row := range rows {
			if i == len(columns)-1 {
				row[i] = clipped(fmt.Sprint(row[i]), troubleColumn)
			}
			widest = max(widest, len([]rune(fmt.Sprint(row[i]))))
		}
		others += widest + columnGap
	}
	for _, row := range rows {
		row[0] = fitted(fmt.Sprint(row[0]), max(c.Width-others-columnGap, nameColumn))
	}
}

func rowsOf(status *control.Status) []table.Row {
	if len(status.Waits) == 0 {
		return []table.Row{rowOf(strings.TrimPrefix(status.WorkflowID, "await:"), endedText(status), "-", "-", "-", since(status.StartTime), troubleOf(status))}
	}
	var rows []table.Row
	for _, w := range status.Waits {
		rows = append(rows, rowOf(nameOf(w), stateText(w), percentText(w), w.Polls, until(w.NextPoll), since(w.StartTime), errorText(w)))
	}
	return rows
}

// troubleOf is the trouble of a workflow without a running wait, "" for none.
func troubleOf(status *control.Status) string {
	switch {
	case status.Trouble != "":
		return status.Trouble
	case workerMissing(status):
		return workerMissingText(status)
	case status.Failure == nil, status.Failure.Type == "Canceled" && status.Outcome != nil && status.Outcome.State() == lro.StateCanceled:
		return ""
	default:
		return status.Failure.Message
	}
}

// stateText is the phase and the mode of a wait.
func stateText(w control.Wait) string { return fmt.Sprintf("%s, %s", w.Phase, w.Mode) }

// endedText is the state of a workflow without a running wait.
func endedText(status *control.Status) string {
	switch {
	case status.Trouble != "":
		return strings.ToLower(status.State)
	case workerMissing(status):
		return "no worker"
	case status.Running():
		return "between two steps"
	case status.Outcome != nil && status.Err == nil:
		return string(status.Outcome.State())
	default:
		return strings.ToLower(status.State)
	}
}
