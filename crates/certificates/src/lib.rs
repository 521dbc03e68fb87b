//! The certificate library (电子证照库): certificates held, used in place of paper, issued by cases.
