package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/awaitop/awaitop/control"
)

const (
	// endingPages is how many pages of running workflows are searched for the end of a name.
	endingPages = 10
	// endingPageSize is the most that the Temporal server gives.
	endingPageSize = 1000
	// shownEndings is how many names of an ambiguous end are shown.
	shownEndings = 3
)

// ending finds the running workflows whose id ends with what an argument names. The list prints what all its rows share
// once, so its names are such ends.
func ending(ctx context.Context, t *connected, argument string) ([]string, error) {
	options := control.ListOptions{PageSize: endingPageSize, WithoutDescriptions: true}
	var ids []string
	for range endingPages {
		page, err := control.List(ctx, t, options)
		if err != nil {
			return nil, err
		}
		for _, status := range page.Statuses {
			if strings.HasSuffix(status.WorkflowID, "/"+argument) {
				ids = append(ids, status.WorkflowID)
			}
		}
		if page.NextPageToken == nil {
			break
		}
		options.PageToken = page.NextPageToken
	}
	return ids, nil
}

// byEnding is the one running workflow whose id ends with the argument that the server has not found by itself. Without
// one, the error is notFound, and with several it names them.
func byEnding(ctx context.Context, t *connected, argument string, notFound error) (string, error) {
	if strings.HasPrefix(argument, "//") || strings.HasPrefix(argument, awaitPrefix) {
		return "", notFound
	}
	switch ids, err := ending(ctx, t, argument); {
	case err != nil:
		return "", errors.Join(notFound, err)
	case len(ids) == 0:
		return "", notFound
	case len(ids) > 1:
		return "", ambiguous(argument, ids)
	default:
		return ids[0], nil
	}
}

func ambiguous(argument string, ids []string) error {
	names := make([]string, 0, shownEndings)
	for _, id := range ids[:min(len(ids), shownEndings)] {
		names = append(names, shownName(id))
	}
	more := ""
	if n := len(ids) - len(names); n > 0 {
		more = fmt.Sprintf(", and %d more", n)
	}
	return usagef("%s: the names of %d running waits end so: %s%s", argument, len(ids), strings.Join(names, ", "), more)
}
