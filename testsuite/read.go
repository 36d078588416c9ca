package testsuite

import (
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/awaitop/awaitop/lro"
)

// Resource reads a resource as a Get would return it now: into points to a struct with its JSON fields, to a map or a
// json.RawMessage, or is a proto message. If there is no resource of that name, Resource returns false and leaves into as
// it is. One that is being made or deleted is there, and so is what KeepsDeleted and KeepsFailed keep. The service
// neither records nor counts the read.
func (s *Service) Resource(name string, into any) bool {
	raw := s.resourceJSON(name)
	if raw == nil {
		return false
	}
	var err error
	if message, ok := into.(proto.Message); ok {
		err = protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(raw, message)
	} else {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		s.must(&lro.InvalidError{Field: "into", Value: fmt.Sprintf("%T", into), Problem: err.Error(), Want: "what the JSON of " + name + " fits"})
	}
	return true
}

// resourceJSON is the resource of a name as it is now, nil if there is none.
func (s *Service) resourceJSON(name string) json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, now := s.find(name), s.clock.Now()
	switch {
	case r == nil:
		return nil
	case r.by != nil:
		return object(r.madeJSON(now))
	default:
		return object(r.json(now))
	}
}
