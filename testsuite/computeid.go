package testsuite

import "strconv"

// Operations and resources of Compute Engine have an id, a number of 64 bits that JSON has as a text. What is made again
// has another id, so that an operation's targetId tells which of two resources of one name it was about
// (cloud.google.com/compute/docs/reference/rest/v1/globalOperations).

// beforeIDs comes before the first id.
const beforeIDs = 1_000_000_000_000_000_000

// nextID is an id that the service gives once.
func (s *Service) nextID() string {
	s.ids++
	return strconv.Itoa(beforeIDs + s.ids)
}

// targetID returns a function that returns the id of the resource that a request is about, "" if the service does not
// know the resource. What the request makes is not there before the first call of the function, and what it deletes may
// be gone by then.
func (s *Service) targetID(target string) func() string {
	id := ""
	if r := s.find(target); r != nil {
		id = r.id
	}
	return func() string {
		if r := s.resources[target]; r != nil && id == "" {
			id = r.id
		}
		return id
	}
}
