package cli

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/screen"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/waitlist"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/watch"
	"github.com/awaitop/awaitop/control"
)

// named lists the waits of the workflows that --workflow names.
func (l *listing) named(ctx context.Context, t *connected) error {
	var statuses []*control.Status
	var failed []error
	for _, id := range l.workflowIDs {
		status, err := control.Describe(ctx, t, id, l.options.Options)
		if err != nil {
			failed = append(failed, fmt.Errorf("describe %s: %w", id, err))
			continue
		}
		statuses = append(statuses, status)
	}
	if err := l.printList(statuses); err != nil || len(failed) == 0 {
		return err
	}
	for _, err := range failed[1:] {
		l.sayError(err)
	}
	return failed[0] // Run prints it last, with a hint
}

// pages lists a page, or all of them one by one.
func (l *listing) pages(ctx context.Context, t *connected) error {
	for first := true; ; first = false {
		page, err := control.List(ctx, t, l.options)
		if err != nil {
			return err
		}
		if len(page.Statuses) == 0 && first && l.output == "text" {
			l.say("%s", l.nothing(0))
		}
		if err := l.printList(page.Statuses); err != nil {
			return err
		}
		if page.NextPageToken == nil {
			return nil
		}
		if !l.all {
			token := base64.RawURLEncoding.EncodeToString(page.NextPageToken)
			l.say("there are more: --all lists them, --trouble what of them is in trouble, --page-token %s the next page", token)
			return nil
		}
		l.options.PageToken = page.NextPageToken
	}
}

// everything lists all pages in one table, or what of them is in trouble.
func (l *listing) everything(ctx context.Context, t *connected) error {
	search := watch.Search{Client: t, Options: l.options}
	found, err := search.Find(ctx)
	if err != nil {
		return err
	}
	statuses, err := l.describeAll(ctx, search, found)
	if err != nil {
		return err
	}
	if now := time.Now(); l.trouble {
		statuses = slices.DeleteFunc(statuses, func(s *control.Status) bool { return len(l.rows([]*control.Status{s}, now)) == 0 })
	}
	if len(statuses) == 0 && l.output == "text" {
		l.say("%s", l.nothing(len(found)))
	}
	return l.printList(statuses)
}

// describeAll describes the workflows that a search has found, a page at a time, and shows how far it is.
func (l *listing) describeAll(ctx context.Context, search watch.Search, found []*control.Status) ([]*control.Status, error) {
	shown := newCounter(l.IO)
	defer shown.end()
	var statuses []*control.Status
	done := 0
	for part := range slices.Chunk(found, max(l.options.PageSize, 1)) {
		described, err := search.Describe(ctx, part)
		if err != nil {
			return nil, err
		}
		statuses = append(statuses, described...)
		done += len(part)
		shown.show(done, len(found))
	}
	return statuses, nil
}

// nothing says that there is nothing to list.
func (l *listing) nothing(found int) string {
	if l.trouble && found > 0 {
		return fmt.Sprintf("no trouble in %d workflows", found)
	}
	if len(l.options.WorkflowTypes) == 0 {
		return "no waits; those inside of a workflow of yours are listed with --type TYPE or --workflow ID"
	}
	return "no waits"
}

// rows are the rows of workflows, or those in trouble.
func (l *listing) rows(statuses []*control.Status, now time.Time) []waitlist.Row {
	rows := waitlist.Rows(statuses, now)
	if l.trouble {
		return waitlist.Troubled(rows)
	}
	return rows
}

func (l *listing) printList(statuses []*control.Status) error {
	if l.output == "json" {
		for _, status := range statuses {
			if err := l.json(status); err != nil {
				return err
			}
		}
		return nil
	}
	rows := l.rows(statuses, time.Now())
	switch {
	case len(rows) == 0:
		return nil
	case l.Width > 0:
		return screen.Print(l.Out, l.Profile, waitlist.Layout(rows, l.Width).Lines())
	}
	header, lines := table.Row{}, []table.Row{}
	for _, name := range waitlist.FlatHeader {
		header = append(header, name)
	}
	for _, cells := range waitlist.Flat(rows) {
		lines = append(lines, rowOf(cells...))
	}
	return l.table(header, lines)
}
