package spanner

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"time"

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
	raw, err := a.client.Get(ctx, lro.SpannerService, "Get"+k.name, name, get(name))
	switch {
	case isInternal(err):
		return a.findListed(ctx, k, name, err)
	case err != nil || raw == nil:
		return nil, err
	default:
		return readResource(raw)
	}
}

// isInternal reports whether err is an internal error of the service.
func isInternal(err error) bool {
	var failed *lro.Error
	return errors.As(err, &failed) && failed.Status.Code == lro.CodeInternal
}

// readResource reads the reply to a Get.
func readResource(raw json.RawMessage) (*resource, error) {
	r := &resource{raw: raw}
	return r, json.Unmarshal(raw, r)
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
	request := lro.ResourceRequest{Service: lro.SpannerService, Method: "List" + k.name + "s", Resource: name, Line: list(name)}
	if token != "" {
		request.Query = url.Values{"pageToken": {token}}
	}
	raw, err := a.client.Request(ctx, poller.PriorityStart, request)
	if err != nil {
		return nil, "", err
	}
	var listed map[string]json.RawMessage
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &listed); err != nil {
		return nil, "", err
	}
	_ = json.Unmarshal(listed["nextPageToken"], &next) // absent on the last page
	if all := listed[lastSegment(collection(name))]; all != nil {
		if err := json.Unmarshal(all, &items); err != nil {
			return nil, "", err
		}
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
