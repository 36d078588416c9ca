package control_test

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"golang.org/x/time/rate"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// The progress of a wait, without a history event.
func ExampleDescribeRef() {
	_ = func(ctx context.Context, c client.Client, ref lro.Ref) error {
		status, err := control.DescribeRef(ctx, c, ref, control.Options{})
		if err != nil {
			return err
		}
		for _, w := range status.Waits {
			fmt.Println(w.Phase, w.Mode, w.Message, w.NextPoll, w.LastError)
			if eta, known := w.ETA(); known {
				fmt.Println("until", eta)
			}
		}
		return nil
	}
}

// Every wait of the namespace, a page at a time.
func ExampleList() {
	_ = func(ctx context.Context, c client.Client) error {
		var options control.ListOptions
		for {
			page, err := control.List(ctx, c, options)
			if err != nil {
				return err
			}
			for _, status := range page.Statuses {
				fmt.Println(status.WorkflowID, len(status.Waits))
			}
			if options.PageToken = page.NextPageToken; options.PageToken == nil {
				return nil
			}
		}
	}
}

// Every wait, at most ten requests a second in all.
func ExampleDescribeAll() {
	_ = func(ctx context.Context, c client.Client) ([]*control.Status, error) {
		options := control.Options{WithoutQuery: true, Limit: rate.NewLimiter(10, 1)}
		page, err := control.List(ctx, c, control.ListOptions{Options: options, PageSize: 1000, WithoutDescriptions: true})
		if err != nil {
			return nil, err
		}
		return control.DescribeAll(ctx, c, page.Statuses, options)
	}
}

// Every wait for an operation, also of callers that chose its workflow's id.
func ExampleFind() {
	_ = func(ctx context.Context, c client.Client, ref lro.Ref) ([]*control.Status, error) {
		found, err := control.Find(ctx, c, ref, control.FindOptions{})
		if err != nil {
			return nil, err
		}
		if found.Cut {
			fmt.Println("not all waits were looked through")
		}
		return control.DescribeAll(ctx, c, found.Statuses, control.Options{})
	}
}

// Two more hours for a wait; then it is canceled, with a reason.
func ExampleSetDeadline() {
	_ = func(ctx context.Context, c client.Client, ref lro.Ref) error {
		id := workflows.WorkflowID(ref)
		if _, err := control.SetDeadline(ctx, c, id, workflows.SetDeadlineInput{In: lro.DurationOf(2 * time.Hour)}); err != nil {
			return err
		}
		_, err := control.Cancel(ctx, c, id, "the wrong region")
		return err
	}
}
