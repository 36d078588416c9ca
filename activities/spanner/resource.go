package spanner

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"google.golang.org/api/googleapi"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// resource is what is looked at of a resource, of whatever kind.
type resource struct {
	Name       string            `json:"name"`
	Labels     map[string]string `json:"labels"`
	CreateTime time.Time         `json:"createTime"`
	State      string            `json:"state"`
	raw        json.RawMessage
}

// labelKey is the label that holds the key of what made a resource.
const labelKey = "awaitop_key"

// madeBy reports whether the resource carries the key.
func (r *resource) madeBy(key string) bool { return r.Labels[labelKey] == key }

// notOlder reports whether the resource was made since then, as far as clocks
// can tell. One without a creation time is not known to be older.
func (r *resource) notOlder(since time.Time) bool {
	return r.CreateTime.IsZero() || !r.CreateTime.Before(since.Add(-activities.MaxClockSkew))
}

// outlives reports whether the resource is the one that a change was about, and
// not a later one of the name. What does not say when it was made is not known
// to be.
func (r *resource) outlives(change candidate) bool {
	if !change.Done {
		return true
	}
	start := change.startTime()
	return !start.IsZero() && !r.CreateTime.IsZero() && !start.Before(r.CreateTime)
}

// find reads a resource; nil if there is none.
func (a *Activities) find(ctx context.Context, k *kind, name string) (*resource, error) {
	var found any
	err := a.call(ctx, poller.PriorityStart, "Get"+k.name, name, func(ctx context.Context, options ...googleapi.CallOption) (err error) {
		found, err = k.get(ctx, a.api, name, options)
		return err
	})
	switch {
	case err == nil:
		return readResource("Get"+k.name, found)
	case lro.Classify(err) == lro.ClassNotFound:
		return nil, nil
	case statusOf(err).Code == lro.CodeInternal:
		return a.findListed(ctx, k, name, err)
	default:
		return nil, err
	}
}

// readResource reads the reply to a Get. Without a name it is no resource's, such as a
// proxy's or an error with a status of success, and says nothing of what there is.
func readResource(method string, found any) (*resource, error) {
	raw, err := json.Marshal(found)
	if err != nil {
		return nil, err
	}
	r := &resource{raw: raw}
	if err := json.Unmarshal(raw, r); err != nil {
		return nil, err
	}
	if r.Name == "" {
		return nil, &lro.Error{Method: method, NoStatus: true, HTTP: http.StatusOK, Status: lro.Status{Code: lro.CodeUnknown, Message: "the reply is no resource: it has no name"}}
	}
	return r, nil
}

// findListed looks a resource up in the list of its parent's, after a read that
// ended in an internal error: a second opinion, and the only one there is from
// the emulator, whose NOT_FOUND of a resource is an INTERNAL, as its gateway
// cannot write the details. Without an answer, or if the pages go round in a
// circle, the error is that of the read.
func (a *Activities) findListed(ctx context.Context, k *kind, name string, readErr error) (*resource, error) {
	asked := map[string]bool{} // by the page token
	for token := ""; ; {
		if asked[token] {
			return a.findParent(ctx, k, name, readErr)
		}
		asked[token] = true
		var page any
		err := a.call(ctx, poller.PriorityStart, "List"+k.name+"s", name, func(ctx context.Context, options ...googleapi.CallOption) (err error) {
			page, token, err = k.list(ctx, a.api, parent(name), token, options)
			return err
		})
		if err != nil {
			return a.findParent(ctx, k, name, readErr)
		}
		raw, err := json.Marshal(page)
		if err != nil {
			return nil, err
		}
		var items []json.RawMessage
		if err := json.Unmarshal(raw, &items); err != nil {
			return nil, err
		}
		for _, item := range items {
			r := &resource{raw: item}
			if err := json.Unmarshal(item, r); err != nil || r.Name != name {
				continue
			}
			return r, nil
		}
		if token == "" {
			return nil, nil
		}
	}
}

// findParent finds nothing if the instance that a resource would stand in does
// not exist.
func (a *Activities) findParent(ctx context.Context, k *kind, name string, readErr error) (*resource, error) {
	if k == kindInstance || k == kindConfig {
		return nil, readErr
	}
	if instance, err := a.find(ctx, kindInstance, parent(name)); err != nil || instance != nil {
		return nil, readErr
	}
	return nil, nil
}
