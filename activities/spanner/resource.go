package spanner

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"google.golang.org/api/googleapi"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// resource are the fields of a resource that starters read, of all kinds.
type resource struct {
	Name       string            `json:"name"`
	Labels     map[string]string `json:"labels"`
	CreateTime time.Time         `json:"createTime"`
	State      string            `json:"state"`
	raw        json.RawMessage
}

// seen is the resource as a starter sees it, nil for none. Without a key it counts as unmarked.
func (k *kind) seen(r *resource, key string) *starters.Resource {
	if r == nil {
		return nil
	}
	out := &starters.Resource{CreateTime: r.CreateTime, Undated: k.undated, Creating: r.State == "CREATING", JSON: k.response(r)}
	if k.labels && key != "" {
		out.Owner = starters.OwnerByLabel(r.Labels, key)
	}
	return out
}

// response is the resource as the response of the operation that made it.
func (k *kind) response(r *resource) json.RawMessage {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(r.raw, &fields) // it has been read before
	group := "instance.v1."
	if k == kindDatabase || k == kindBackup {
		group = "database.v1."
	}
	fields["@type"] = json.RawMessage(`"` + typePrefix + group + k.name + `"`)
	raw, _ := json.Marshal(fields) // it came from JSON
	return raw
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
	case isInternal(err):
		return a.findListed(ctx, k, name, err)
	default:
		return nil, err
	}
}

// isInternal reports whether err is an internal error of the service.
func isInternal(err error) bool {
	var failed *lro.Error
	return errors.As(err, &failed) && failed.Status.Code == lro.CodeInternal
}

// readResource reads the reply to a Get. A reply without a name is no resource but, for example, a
// proxy's or an error with a status of success. It does not say whether the resource exists.
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

// findListed looks a resource up in its parent's list after a read that ended in an internal error.
// The emulator needs it: it answers INTERNAL for a resource that does not exist, because its gateway
// cannot encode the details of NOT_FOUND. Without an answer, or if the page tokens repeat, the error
// is that of the read.
func (a *Activities) findListed(ctx context.Context, k *kind, name string, readErr error) (*resource, error) {
	listed := map[string]bool{} // by the page token
	for token := ""; ; {
		listed[token] = true
		page, next, err := a.listPage(ctx, k, name, token)
		if err != nil || listed[next] && next != "" {
			return a.findParent(ctx, k, name, readErr)
		}
		i := slices.IndexFunc(page, func(r *resource) bool { return r.Name == name })
		if i >= 0 {
			return page[i], nil
		}
		if next == "" {
			return nil, nil
		}
		token = next
	}
}

// listPage reads a page of the resources of the kind in the parent of the named one.
func (a *Activities) listPage(ctx context.Context, k *kind, name, token string) (page []*resource, next string, err error) {
	var listed any
	err = a.call(ctx, poller.PriorityStart, "List"+k.name+"s", name, func(ctx context.Context, options ...googleapi.CallOption) (err error) {
		listed, next, err = k.list(ctx, a.api, parent(name), token, options)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	raw, err := json.Marshal(listed)
	if err != nil {
		return nil, "", err
	}
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, "", err
	}
	for _, item := range items {
		if r := (&resource{raw: item}); json.Unmarshal(item, r) == nil {
			page = append(page, r)
		}
	}
	return page, next, nil
}

// findParent returns no resource if the instance that would hold it does not exist, otherwise readErr.
func (a *Activities) findParent(ctx context.Context, k *kind, name string, readErr error) (*resource, error) {
	if k == kindInstance || k == kindConfig {
		return nil, readErr
	}
	if instance, err := a.find(ctx, kindInstance, parent(name)); err != nil || instance != nil {
		return nil, readErr
	}
	return nil, nil
}
