package sweep

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/awaitop/awaitop/activities/internal/resources"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// resources reads a page of resources. Each of them may have collections below it, which are looked at before the next
// page: a list of all resources would not fit a payload.
func (s *search) resources(ctx context.Context, place orphans.Place) error {
	method := maker(place.Service, place.Name)
	if method == nil {
		return &lro.InvalidError{Field: "places.name", Value: place.FullName(), Want: "a collection of resources with labels"}
	}
	raw, err := s.request(ctx, listLine(method, place), place)
	if err != nil {
		return err
	}
	entries, next := pageOf(raw, place.Name)
	before := len(s.out.Places)
	for i, entry := range entries[min(place.Skip, len(entries)):] {
		if len(s.out.Items) >= maxItems || i >= maxPlaces {
			place.Skip += i
			s.out.Places = slices.Insert(s.out.Places, before, place)
			return nil
		}
		s.out.Seen.Resources++
		found := resourceOf(method, place, entry)
		if found.item.Key != "" {
			s.tellDelete(method, &found)
			s.out.Items = append(s.out.Items, found.item)
		}
		if found.parent.Name != "" && len(below(found.parent)) > 0 {
			s.out.Places = append(s.out.Places, found.parent)
		}
	}
	s.goOn(before, place, next)
	return nil
}

// listLine is the request that lists a collection: a GET of the path by which its resources are made, as
// in 271 of the 274 collections of the catalog. Not all take a page size.
func listLine(m *catalog.Method, place orphans.Place) catalog.RequestLine {
	line := catalog.RequestLine{Verb: http.MethodGet, Path: m.Service.Prefix + "/" + place.Name}
	if place.PageToken != "" {
		line.Parameter, line.Value = "pageToken", place.PageToken
	}
	return line
}

// request makes a request about a resource, or a collection of them, as a poll by schedule.
func (s *search) request(ctx context.Context, line catalog.RequestLine, about orphans.Place) (json.RawMessage, error) {
	s.requests++
	client, err := resources.New(s.poller)
	if err != nil {
		return nil, err
	}
	return client.Request(ctx, poller.PriorityPoll, lro.ResourceRequest{
		Service: about.Service, Method: "List", Resource: about.Name, Line: line,
	})
}

// pageOf are the resources of a page, and the token of the next. Most services have them in the field
// that is the collection's last word. Otherwise they are in the only field that is a list of objects.
func pageOf(raw json.RawMessage, collection string) (entries []json.RawMessage, next string) {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(raw, &fields) // it is an object
	_ = json.Unmarshal(fields["nextPageToken"], &next)
	if entries = objects(fields[lastOf(collection)]); len(entries) > 0 {
		return entries, next
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if entries = objects(fields[name]); len(entries) > 0 {
			break
		}
	}
	return entries, next
}

// objects are the elements of a list of objects, none for another value.
func objects(raw json.RawMessage) (all []json.RawMessage) {
	var messages []map[string]json.RawMessage
	if json.Unmarshal(raw, &messages) != nil || json.Unmarshal(raw, &all) != nil {
		return nil
	}
	return all
}

// lastOf is the last segment of a name.
func lastOf(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// found is a resource as a sweep sees it: an item, whose Key may be "", and a parent of others.
type found struct {
	item   orphans.Item
	parent orphans.Place
}

// resourceOf reads an entry of a collection. Its name may be the last segment alone.
func resourceOf(m *catalog.Method, place orphans.Place, entry json.RawMessage) found {
	var fields map[string]any
	var f found
	if json.Unmarshal(entry, &fields) != nil {
		return f
	}
	name := relative(place.Service, textAt(fields, "name"))
	if name == "" {
		return f
	}
	if !strings.Contains(name, "/") {
		name = place.Name + "/" + name
	}
	f.parent = orphans.Place{Kind: orphans.Parent, Service: place.Service, Name: name, Found: true}
	f.item = orphans.Item{Resource: f.parent.FullName(), State: textAt(fields, m.State)}
	if key := textAt(fields, m.Labels+"."+starters.LabelKey); isKey(key) {
		f.item.Key = key
	}
	f.item.Since, _ = time.Parse(time.RFC3339Nano, textAt(fields, m.CreateTime)) // zero for none
	return f
}

// tellDelete sets the request that deletes a resource: to where the worker's client would send it, else to the service's
// own host.
func (s *search) tellDelete(m *catalog.Method, f *found) {
	line, known := m.DeleteMade(f.parent.Name)
	if !known {
		return
	}
	at, authenticates := "", true
	if locator, tells := lro.ClientAs[lro.ResourceLocator](s.poller); tells {
		at, authenticates = locator.ResourceURL(lro.ResourceRequest{Service: f.parent.Service, Resource: f.parent.Name, Line: line})
	}
	f.item.WithoutAuthentication = at != "" && !authenticates
	if at == "" {
		at = "https://" + f.parent.Service + "/" + line.Path
	}
	f.item.Delete = line.Verb + " " + at
}

// textAt is the text at a path of field names, "" if there is none.
func textAt(fields map[string]any, path string) string {
	var value any = fields
	for name := range strings.SplitSeq(path, ".") {
		inner, _ := value.(map[string]any)
		value = inner[name]
	}
	text, _ := value.(string)
	return text
}
