package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

const (
	// completeTimeout bounds how long a shell waits for names. completions bounds their number.
	completeTimeout = 2 * time.Second
	completions     = 50
)

// completeWaits completes the REF or workflow id of a running wait in a shell.
func (c *command) completeWaits(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	return c.complete(cmd, args, begun, workflows.AwaitOperationName)
}

// completeRuns completes the workflow id of a running RunOperation in a shell.
func (c *command) completeRuns(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	return c.complete(cmd, args, begun, workflows.RunOperationName)
}

// complete completes the name of a running workflow of the type.
func (c *command) complete(cmd *cobra.Command, args []string, begun, workflowType string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 || cmd.Args(cmd, []string{begun}) != nil { // list takes no argument
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completeTimeout)
	defer cancel()
	t, err := c.dial(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	defer t.Close()
	listed, err := t.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		PageSize: completions, Query: fmt.Sprintf("WorkflowType = '%s' AND ExecutionStatus = 'Running'", workflowType),
	})
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, info := range listed.GetExecutions() {
		name := c.completed(info.GetExecution().GetWorkflowId(), begun)
		if printable.Escape(name) == name { // else a user cannot type it
			names = append(names, name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completed is the name of a workflow as a user has begun to type it: without its service if that goes without saying.
func (c *command) completed(id, begun string) string {
	name := shownName(id)
	ref, err := lro.ParseRef(name)
	if err != nil || begun == "" || strings.HasPrefix(begun, "/") {
		return name
	}
	if same, err := c.ref(ref.Name); err != nil || same != ref {
		return name
	}
	return ref.Name
}
