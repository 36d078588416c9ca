package main

import (
	"context"
	"sort"
	"strings"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
)

// watch shows the steps under way, by the workflow's pending activities and what
// they heartbeat, until the returned function is called.
func (d *demo) watch(ctx context.Context, run client.WorkflowRun) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	show := d.out.Begin("steps")
	var done sync.WaitGroup
	done.Go(func() {
		ticker := time.NewTicker(500 * time.Millisecond)
		defer ticker.Stop()
		for {
			show(d.underWay(ctx, run))
			select {
			case <-ticker.C:
			case <-ctx.Done():
				show("")
				return
			}
		}
	})
	return func() {
		cancel()
		done.Wait()
	}
}

// underWay is one line about all that is pending.
func (d *demo) underWay(ctx context.Context, run client.WorkflowRun) string {
	described, err := d.client.DescribeWorkflowExecution(ctx, run.GetID(), run.GetRunID())
	if err != nil {
		return ""
	}
	var lines []string
	for _, pending := range described.GetPendingActivities() {
		name := pending.GetActivityType().GetName()
		line := name[strings.LastIndexByte(name, '.')+1:]
		// A wait for one operation and one for a set both say their status.
		var beat struct {
			Status string `json:"status"`
		}
		if pending.GetHeartbeatDetails() != nil &&
			converter.GetDefaultDataConverter().FromPayloads(pending.GetHeartbeatDetails(), &beat) == nil && beat.Status != "" {
			line += " (" + beat.Status + ")"
		}
		lines = append(lines, line)
	}
	sort.Strings(lines)
	return strings.Join(lines, ", ")
}
