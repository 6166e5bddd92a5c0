"""newsbeam: the kernel. Plain Python; it never imports Beam."""
