package waitlist

import "strings"

// shared is what the full names of rows have in common: the service, and the first segments of the path.
type shared struct {
	service  string
	segments []string
}

// sharedOf is what the rows with a path share. The rest of a path begins with a collection, and is at least the name of
// a resource or, for an operation, its resource and its id.
func sharedOf(rows []Row) shared {
	var s shared
	first := true
	for _, row := range rows {
		if row.Path == "" {
			continue
		}
		if row.Service != "" {
			if s.service != "" && s.service != row.Service {
				return shared{} // each name needs its service
			}
			s.service = row.Service
		}
		segments := strings.Split(row.Path, "/")
		segments = segments[:sharable(segments)]
		if first {
			s.segments, first = segments, false
		}
		s.segments = common(s.segments, segments)
	}
	s.segments = s.segments[:len(s.segments)/2*2]
	return s
}

// sharable is how many segments of a path may be left out of its name.
func sharable(segments []string) int {
	n := len(segments) - 2 + len(segments)%2
	for i, segment := range segments {
		if segment == "operations" {
			n = i - 2
		}
	}
	return max(n, 0)
}

// common is the common beginning of two paths.
func common(a, b []string) []string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

// text is the shared beginning of the names, "" for none.
func (s shared) text() string {
	if s.service == "" {
		return ""
	}
	return "//" + strings.Join(append([]string{s.service}, s.segments...), "/") + "/"
}

// short is the name of a row without what it shares.
func (s shared) short(row Row) string {
	if row.Path == "" || s.service == "" {
		return row.Name()
	}
	rest := strings.TrimPrefix(row.Path, strings.Join(s.segments, "/"))
	return strings.TrimPrefix(rest, "/") + row.Note
}
